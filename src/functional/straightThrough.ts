import {customGrad, slice, squeeze, stack, type Tensor, tidy, zerosLike} from '@tensorflow/tfjs-core';
import {gateLogitsGradient, gateMixture, gateMixtureGradient} from '../kernels/index.js';
import {asFloat32} from './asFloat32.js';
import {containsNaN} from './assertNoNaN.js';
import type {BackwardContext, Estimator, Rule, Temperatures, UnitKind} from './estimators/index.js';
import type {RandomKey} from './random.js';
import {invalid} from './validate.js';

/** Everything that one forward and backward pass through discrete units depends on. */
export interface Sampling {
  /** Class or function to name in errors. */
  readonly owner: string;
  readonly unit: UnitKind;
  readonly estimator: Estimator;
  readonly temperatures: Temperatures;
  readonly key: RandomKey;
  /** Called in each backward pass with dL/dlogits, shaped like the logits; it must not dispose it. */
  readonly onGradient?: ((dlogits: Tensor) => void) | undefined;
  /** Serves in place of the rule's own backward pass. */
  readonly backward?: ((dy: Tensor, context: BackwardContext, rule: Rule) => Tensor) | undefined;
}

/**
 * Runs an estimator's forward pass on the logits and its backward pass in place of the derivative.
 *
 * @returns Shaped like the logits; of gates, the coefficients c0 to c3 of c0 + c1 a + c2 b + c3 ab, `[units, 4]`.
 * @throws in development when a value is NaN, as where a logit is NaN and where a row of categories holds
 *   +Infinity or only -Infinity.
 */
export function straightThrough(logits: Tensor, draw: Sampling): Tensor {
  const {owner, temperatures, key, onGradient} = draw;
  const rule = ruleFor(draw.estimator, draw.unit);
  const {backward = rule.backward} = draw;
  const draws = customGrad((x, save) => {
    const input = x as Tensor;
    const {value, residuals = []} = rule.forward(input, temperatures, key);
    if (containsNaN(value)) throw undrawable(owner, input);
    (save as (tensors: Tensor[]) => void)([input, ...residuals]);
    return {
      value,
      gradFunc: (dy, saved) => {
        const [clean, ...kept] = saved as [Tensor, ...Tensor[]];
        const dlogits = backward(dy, {logits: clean, residuals: kept, temperatures}, rule);
        onGradient?.(dlogits);
        return dlogits;
      },
    };
  });
  return tidy(() => draws(asFloat32(logits)));
}

/** The rule by which `estimator` serves units of this kind. */
export function ruleFor({categorical, binary, gate}: Estimator, unit: UnitKind): Rule {
  if (unit === 'binary') return binary ?? asTwoCategories(categorical);
  if (unit === 'gate') return gate ?? asGates(categorical);
  return categorical;
}

/** Gates as the coefficients of their mixture, by the weights that the rule gives to the sixteen. */
function asGates(rule: Rule): Rule {
  return {
    ...rule,
    forward: (logits, temperatures, key) => {
      const {value, ...rest} = rule.forward(logits, temperatures, key);
      return {value: gateMixture(value), ...rest};
    },
    backward: (dy, context) =>
      rule.jacobianAt === undefined
        ? rule.backward(gateMixtureGradient(dy), context)
        : gateLogitsGradient(dy, rule.jacobianAt(context), context.temperatures.backward),
  };
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

/** Why no value could be drawn: what the logits hold that leaves a row without a distribution. */
function undrawable(owner: string, logits: Tensor): Error {
  const values = logits.dataSync<'float32'>();
  const requirements = [
    [Number.NaN, 'numbers'],
    [Number.POSITIVE_INFINITY, 'less than Infinity'],
    [Number.NEGATIVE_INFINITY, 'more than -Infinity for one choice at least'],
  ] as const;
  for (const [value, requirement] of requirements) {
    if (values.some((logit) => Object.is(logit, value))) return invalid(owner, 'logits', requirement, value);
  }
  const largest = values.reduce((most, logit) => Math.max(most, Math.abs(logit)), 0);
  return invalid(owner, 'logits', 'small enough to be divided by the temperature', largest);
}
