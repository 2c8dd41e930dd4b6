import {
  abs,
  add,
  cast,
  customGrad,
  matMul,
  mean,
  mul,
  reshape,
  slice,
  squeeze,
  sub,
  type Tensor,
  tensor1d,
  tensor2d,
  tidy,
  zerosLike,
} from '@tensorflow/tfjs-core';
import {evaluateGates, gradientMass} from '../kernels/index.js';
import type {DrawArgs} from './decoupledCategorical.js';
import {resolveEstimator} from './estimators/index.js';
import {GATE_COEFFICIENTS, GATE_TRUTH} from './gates.js';
import {toRandomKey} from './random.js';
import {type Draw, ruleFor, straightThrough} from './straightThrough.js';
import {resolveTemperatures} from './temperatures.js';
import {invalid, positive} from './validate.js';

/** Arguments of `logicGates`. */
export interface LogicGatesArgs extends Omit<DrawArgs, 'onGradient'> {
  /** Multiplies the gradient that reaches the inputs, against vanishing in deep nets. Default 1. */
  gradientFactor?: number;
  /**
   * Called in each backward pass with a `[units]` tensor: the sum over samples of |dL/dlogit|, mean over the
   * unit's sixteen logits, each sample's gradient taken by itself. Exact for inputs of 0 and 1, an
   * upper bound for inputs between them. It must not dispose it.
   */
  onGradient?: (magnitude: Tensor) => void;
}

/**
 * Two-input logic gates, one gate drawn a unit and shared by the batch.
 *
 * Forward: gate g ~ Categorical(softmax(gates / tf)) a unit, then y = c0 + c1 a + c2 b + c3 ab with g's
 * coefficients. Backward: dL/dz_g = sum over the batch of dL/dy * gate_g(a, b), from four reductions, then
 * the estimator's Jacobian; inputs get the chosen gate's real-valued derivative.
 *
 * @param x Inputs between 0 and 1, `[...batch, inputs]`.
 * @param gates Gate logits (nats), `[units, 16]`, in difflogic's order of gates.
 * @param connections Which two inputs each unit reads, `[units, 2]`, `int32`.
 * @returns `[...batch, units]`; zeros and ones when `x` is binary and the estimator draws.
 * @throws when an argument or the shape of `gates` or `connections` does not fit; in development also when a logit is
 *   NaN.
 * @see Petersen et al., arXiv:2210.08277; Shah et al., arXiv:2410.13331, section 5.1.3.
 */
export function logicGates(x: Tensor, gates: Tensor, connections: Tensor, args: LogicGatesArgs): Tensor {
  const owner = 'logicGates';
  const estimator = resolveEstimator(owner, args.estimator ?? 'decoupled', 'gate');
  const [units] = gates.shape;
  if (gates.rank !== 2 || gates.shape[1] !== 16) {
    throw invalid(owner, 'gates', 'of shape [units, 16]', gates.shape);
  }
  if (connections.rank !== 2 || connections.shape[0] !== units || connections.shape[1] !== 2) {
    throw invalid(owner, 'connections', `of shape [${units}, 2]`, connections.shape);
  }
  const gradientFactor = positive(owner, 'gradientFactor', args.gradientFactor ?? 1);
  return drawLogicGates(x, gates, connections, gradientFactor, {
    owner,
    unit: 'gate',
    estimator,
    temperatures: resolveTemperatures(owner, estimator, args),
    key: toRandomKey(owner, args.seed),
    onGradient: args.onGradient,
  });
}

/** `logicGates` with checked arguments. */
export function drawLogicGates(
  x: Tensor,
  gates: Tensor,
  connections: Tensor,
  gradientFactor: number,
  {onGradient, ...draw}: Draw,
): Tensor {
  return tidy(() => {
    const choice = straightThrough(gates, draw);
    const y = applyGates(x, choice, connections, gradientFactor);
    return onGradient === undefined ? y : watchGates(y, x, gates, connections, draw, onGradient);
  });
}

/**
 * Evaluates chosen, or mixed, gates.
 *
 * @param choice Weights of the sixteen gates, `[units, 16]`; one-hot for chosen gates.
 * @returns `[...batch, units]`.
 */
function applyGates(x: Tensor, choice: Tensor, connections: Tensor, gradientFactor: number): Tensor {
  const inputs = x.shape.at(-1)!;
  const rows = reshape(cast(x, 'float32'), [-1, inputs]);
  const coefficients = matMul(choice, tensor2d(GATE_COEFFICIENTS));
  const y = evaluateGates(rows, coefficients, connections, gradientFactor);
  return reshape(y, [...x.shape.slice(0, -1), choice.shape[0]!]);
}

/**
 * Passes `y` and its gradient through, and reports each sample's |dL/dlogit| summed over the samples.
 *
 * A sample's gradient is dy_s J^T T_c, where T_c holds every gate's output at the sample's corner c. So four
 * sums of |dy|, one a corner, and four Jacobian products serve a batch of any size.
 */
function watchGates(
  y: Tensor,
  x: Tensor,
  gates: Tensor,
  connections: Tensor,
  {estimator, temperatures, key}: Omit<Draw, 'onGradient'>,
  onGradient: (magnitude: Tensor) => void,
): Tensor {
  const rule = ruleFor(estimator, 'gate');
  const measure = (dy: Tensor, inputs: Tensor, logits: Tensor, places: Tensor): Tensor => {
    const units = logits.shape[0]!;
    const mass = gradientMass(reshape(dy, [-1, units]), reshape(inputs, [-1, inputs.shape.at(-1)!]), places);
    const [all, withA, withB, both] = [0, 1, 2, 3].map((column) =>
      squeeze(slice(mass, [0, column], [units, 1]), [1]),
    ) as [Tensor, Tensor, Tensor, Tensor];
    const atCorner = [sub(sub(all, withA), sub(withB, both)), sub(withB, both), sub(withA, both), both];
    const {residuals = []} = rule.forward(logits, temperatures, key);
    const context = {logits, residuals, temperatures};
    return GATE_TRUTH.map((truth, corner) => {
      // A sum spreads the row over the units; Tile is thirty times slower on wasm.
      const dlogits = rule.backward(add(zerosLike(logits), tensor1d(truth)), context);
      return mul(atCorner[corner]!, mean(abs(dlogits), 1));
    }).reduce((total, part) => add(total, part));
  };
  return customGrad((input, save) => {
    (save as (tensors: Tensor[]) => void)([x, gates, connections]);
    return {
      value: (input as Tensor).clone(),
      gradFunc: (dy, saved) => {
        const [inputs, logits, places] = saved as [Tensor, Tensor, Tensor];
        onGradient(tidy(() => measure(dy, inputs, logits, places)));
        return dy.clone();
      },
    };
  })(y);
}
