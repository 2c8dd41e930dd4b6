import {
  abs,
  add,
  keep,
  mean,
  mul,
  reshape,
  stack,
  sum,
  type Tensor,
  tensor1d,
  tidy,
  zerosLike,
} from '@tensorflow/tfjs-core';
import {evaluateGates, sumsAtTruthTableRows, watchedGateLogitsGradient} from '../kernels/index.js';
import {asFloat32} from './asFloat32.js';
import type {BackwardContext, Rule} from './estimators/index.js';
import {TRUTH_TABLE_ROWS} from './gates.js';
import {resolveSampling, SAMPLING_OPTIONS, type SamplingArgs} from './samplingArgs.js';
import {type Sampling, straightThrough} from './straightThrough.js';
import {invalid, positiveFloat32} from './validate.js';

/** Arguments of `logicGates`. */
export interface LogicGatesArgs extends Omit<SamplingArgs, 'onGradient'> {
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
 *   NaN or +Infinity, or all of a gate's are -Infinity.
 * @see Petersen et al., arXiv:2210.08277; Shah et al., arXiv:2410.13331, section 5.1.3.
 * @example
 * const x = tf.tensor2d([[0, 1, 1]]);
 * const gates = tf.zeros([4, 16]); // all gates equally likely
 * const connections = tf.tensor2d([[0, 1], [1, 2], [0, 2], [2, 1]], [4, 2], 'int32');
 * const y = functional.logicGates(x, gates, connections, {seed: 7}); // [1, 4]
 */
export function logicGates(x: Tensor, gates: Tensor, connections: Tensor, args: LogicGatesArgs): Tensor {
  const owner = 'logicGates';
  const draw = resolveSampling(owner, 'gate', args, [...SAMPLING_OPTIONS, 'gradientFactor']);
  const [units] = gates.shape;
  if (gates.rank !== 2 || gates.shape[1] !== 16) {
    throw invalid(owner, 'gates', 'of shape [units, 16]', gates.shape);
  }
  if (connections.rank !== 2 || connections.shape[0] !== units || connections.shape[1] !== 2) {
    throw invalid(owner, 'connections', `of shape [${units}, 2]`, connections.shape);
  }
  const gradientFactor = positiveFloat32(owner, 'gradientFactor', args.gradientFactor ?? 1);
  return sampleLogicGates(x, gates, connections, gradientFactor, draw);
}

/** `logicGates` with checked arguments. */
export function sampleLogicGates(
  x: Tensor,
  gates: Tensor,
  connections: Tensor,
  gradientFactor: number,
  {onGradient, ...draw}: Sampling,
): Tensor {
  return tidy(() => {
    const rows = reshape(asFloat32(x), [-1, x.shape.at(-1)!]);
    const shape = [...x.shape.slice(0, -1), gates.shape[0]!];
    if (onGradient === undefined) {
      return reshape(evaluateGates(rows, straightThrough(gates, draw), connections, gradientFactor), shape);
    }
    // The evaluation's backward pass comes first, and leaves the masses to the draw's.
    let masses: Tensor | undefined;
    const backward = (dy: Tensor, context: BackwardContext, rule: Rule) => {
      const [dlogits, magnitude] = watchedGradient(rule, dy, masses!, context);
      masses!.dispose();
      onGradient(magnitude);
      return dlogits;
    };
    const coefficients = straightThrough(gates, {...draw, backward});
    const y = evaluateGates(rows, coefficients, connections, gradientFactor, (found) => {
      masses = keep(found);
    });
    return reshape(y, shape);
  });
}

/**
 * The rule's gradient with respect to the logits, and the sum over samples of |dL/dlogit|, mean over a unit's sixteen.
 *
 * A sample's gradient is dy J^T T_c, where T_c holds every gate's output at the sample's corner c. So four numbers a unit,
 * one a corner, serve a batch of any size.
 *
 * @param masses The sums over samples of |dy|, |dy| a, |dy| b and |dy| ab, `[units, 4]`.
 */
function watchedGradient(
  rule: Rule,
  dy: Tensor,
  masses: Tensor,
  context: BackwardContext,
): [dlogits: Tensor, magnitude: Tensor] {
  if (rule.jacobianAt !== undefined) {
    return watchedGateLogitsGradient(dy, masses, rule.jacobianAt(context), context.temperatures.backward);
  }
  const magnitude = tidy(() => {
    const reached = TRUTH_TABLE_ROWS.map(([a, b]) => {
      // A sum spreads the row over the units; Tile is thirty times slower on wasm.
      const corner = add(zerosLike(dy), tensor1d([1, a, b, a * b]));
      return mean(abs(rule.backward(corner, context)), 1);
    });
    return sum(mul(stack(reached, 1), sumsAtTruthTableRows(masses)), 1);
  });
  return [rule.backward(dy, context), magnitude];
}
