import {
  any,
  cast,
  customGrad,
  env,
  getBackend,
  isNaN as isNaNOf,
  slice,
  squeeze,
  stack,
  type Tensor,
  tidy,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type {BackwardContext, Estimator, Rule, UnitKind} from './estimators/index.js';
import type {RandomKey} from './random.js';
import type {Temperatures} from './temperatures.js';
import {invalid} from './validate.js';

/** Everything that one forward and backward pass through discrete units depends on. */
export interface Draw {
  /** Class or function to name in errors. */
  readonly owner: string;
  readonly unit: UnitKind;
  readonly estimator: Estimator;
  readonly temperatures: Temperatures;
  readonly key: RandomKey;
  /** Called in each backward pass with dL/dlogits, shaped like the logits; it must not dispose it. */
  readonly onGradient?: ((dlogits: Tensor) => void) | undefined;
  /** Called in each forward pass with what the backward pass will be given; what it makes, it must keep itself. */
  readonly onDraw?: ((context: BackwardContext) => void) | undefined;
}

/**
 * Runs an estimator's forward pass on the logits and its backward pass in place of the derivative.
 *
 * @throws in development when a logit is NaN.
 */
export function straightThrough(logits: Tensor, draw: Draw): Tensor {
  const {owner, temperatures, key, onGradient, onDraw} = draw;
  const rule = ruleFor(draw.estimator, draw.unit);
  const draws = customGrad((x, save) => {
    const input = x as Tensor;
    refuseNaN(owner, input);
    const {value, residuals = []} = rule.forward(input, temperatures, key);
    (save as (tensors: Tensor[]) => void)([input, ...residuals]);
    onDraw?.({logits: input, residuals, temperatures});
    return {
      value,
      gradFunc: (dy, saved) => {
        const [clean, ...kept] = saved as [Tensor, ...Tensor[]];
        const dlogits = rule.backward(dy, {logits: clean, residuals: kept, temperatures});
        onGradient?.(dlogits);
        return dlogits;
      },
    };
  });
  return tidy(() => draws(logits.dtype === 'float32' ? logits : cast(logits, 'float32')));
}

/** The rule by which `estimator` serves units of this kind. */
export function ruleFor(estimator: Estimator, unit: UnitKind): Rule {
  if (unit !== 'binary') return estimator.categorical;
  return estimator.binary ?? asTwoCategories(estimator.categorical);
}

/** A bit as the first of the two categories with logits (l, 0). */
function asTwoCategories(rule: Rule): Rule {
  const pair = (x: Tensor) => stack([x, zerosLike(x)], -1);
  const first = (x: Tensor) =>
    squeeze(
      slice(
        x,
        x.shape.map(() => 0),
        [...x.shape.slice(0, -1), 1],
      ),
      [-1],
    );
  return {
    forward: (logits, temperatures, key) => {
      const {value, residuals} = rule.forward(pair(logits), temperatures, key);
      return residuals === undefined ? {value: first(value)} : {value: first(value), residuals};
    },
    backward: (dy, {logits, ...context}) =>
      first(rule.backward(pair(dy), {logits: pair(logits), ...context})),
  };
}

/** Backends whose tensors lie in host memory, where a look at every logit costs next to nothing. */
const HOST_BACKENDS = ['cpu', 'wasm', 'tensorflow'];

/** In production, and on a GPU outside debug mode, NaN is not looked for; it stays NaN in the output. */
function refuseNaN(owner: string, logits: Tensor): void {
  const watched = HOST_BACKENDS.includes(getBackend()) ? !env().getBool('PROD') : env().getBool('DEBUG');
  if (!watched || logits.size === 0) return; // of nothing, wasm's Any reads what lies beside it
  const found = tidy(() => any(isNaNOf(logits)).dataSync()[0]);
  if (found) throw invalid(owner, 'logits', 'numbers', Number.NaN);
}
