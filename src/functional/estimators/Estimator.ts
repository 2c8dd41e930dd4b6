import type {Tensor} from '@tensorflow/tfjs-core';
import type {RandomKey} from '../random.js';

/** Dimensionless divisors of the logits: `forward` >= 0 shapes the sample, `backward` > 0 the gradient. */
export interface Temperatures {
  /** Of the forward sample, >= 0. */
  readonly forward: number;
  /** Of the backward pass, > 0. */
  readonly backward: number;
}

/** The kind of a layer's discrete units: categories on the last axis, single bits, or logic gates. */
export type UnitKind = 'categorical' | 'binary' | 'gate';

/** A forward value and whatever the backward pass needs besides the logits. */
export interface ForwardResult {
  /** Shaped like the logits, `float32`; by a `gate` rule, the coefficients `[units, 4]`. */
  readonly value: Tensor;
  /** What `backward` gets as `residuals`. */
  readonly residuals?: readonly Tensor[];
}

/** What the backward pass is given. */
export interface BackwardContext {
  /** The clean logits, without noise. */
  readonly logits: Tensor;
  /** The residuals of the forward pass, in their order. */
  readonly residuals: readonly Tensor[];
  /** The temperatures of this pass. */
  readonly temperatures: Temperatures;
}

/** A forward pass and the vector-Jacobian product that stands in for its derivative. */
export interface Rule {
  /** Computes the value of a forward pass, and what the backward pass needs of it. */
  forward(logits: Tensor, temperatures: Temperatures, key: RandomKey): ForwardResult;
  /**
   * Computes the vector-Jacobian product that stands in for the derivative.
   *
   * @returns dL/dlogits, shaped like the logits, given dL/dvalue.
   */
  backward(dy: Tensor, context: BackwardContext): Tensor;
  /**
   * Where `backward` is J(tb)^T dy and nothing else: the logits that J is taken at. It may be left out; logic gates,
   * and most of all their monitors, which need more of J than one product, are then slower.
   */
  jacobianAt?(context: BackwardContext): Tensor;
}

/**
 * A gradient estimator for discrete units.
 *
 * `categorical` works on the last axis of `[...batch, categories]`. Without a `binary` rule of its own, a bit is sampled as
 * the first category of the logits (l, 0). Without a `gate` rule of its own, a logic gate is one of the sixteen categories
 * of its logits `[units, 16]`, or their mixture; such a rule gives its coefficients c0 to c3 of c0 + c1 a + c2 b + c3 ab,
 * `[units, 4]`, directly.
 */
export interface Estimator {
  /** The name that configs carry: plain camelCase, so that it survives saving. */
  readonly id: string;
  /** How many temperatures it takes: two independent ones, one for both passes, or none. */
  readonly temperatures: 'both' | 'one' | 'none';
  /** Smallest temperature allowed. */
  readonly lowestTemperature?: number;
  /** The kinds of unit that it serves. Left out: all. */
  readonly units?: readonly UnitKind[];
  /** Rule for units with several categories. */
  readonly categorical: Rule;
  /** Rule for binary units; left out: two categories with logits (l, 0). */
  readonly binary?: Rule;
  /** Rule for logic gates; left out: sixteen categories. */
  readonly gate?: Rule;
}
