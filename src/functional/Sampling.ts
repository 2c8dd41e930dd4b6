import type {Tensor} from '@tensorflow/tfjs-core';
import type {ForwardResult, Rule, Temperatures} from './estimators/index.js';
import type {RandomKey} from './random.js';

/** Everything that sampling, and its backward pass, depend on besides the logits. */
export interface Sampling {
  /** Class or function to name in errors. */
  readonly owner: string;
  readonly rule: Rule;
  readonly temperatures: Temperatures;
  readonly key: RandomKey;
  /** Called in each backward pass with dL/dlogits, shaped like the logits; it must not dispose it. */
  readonly onGradient?: ((dlogits: Tensor) => void) | undefined;
}

/** Taking the mode instead of a sample: no random number. */
export interface ModePass extends Omit<Sampling, 'rule' | 'key'> {
  readonly rule: Pick<Rule, 'backward' | 'jacobianAt'> & {forward(logits: Tensor): ForwardResult};
  readonly key?: never;
}

/** One way through discrete units, forward and back. */
export type Pass = Sampling | ModePass;
