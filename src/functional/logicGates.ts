import {
  abs,
  add,
  keep,
  matMul,
  mean,
  reshape,
  stack,
  type Tensor,
  tensor1d,
  tensor2d,
  tidy,
  zerosLike,
} from '@tensorflow/tfjs-core';
import {evaluateGates, type GateWatch, gateSensitivity, interpolateCorners} from '../kernels/index.js';
import {asFloat32} from './asFloat32.js';
import {type DrawArgs, toDraw} from './drawArgs.js';
import type {BackwardContext, Rule} from './estimators/index.js';
import {GATE_COEFFICIENTS, GATE_TRUTH} from './gates.js';
import {type Draw, ruleFor, straightThrough} from './straightThrough.js';
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
 *   NaN or +Infinity, or all of a gate's are -Infinity.
 * @see Petersen et al., arXiv:2210.08277; Shah et al., arXiv:2410.13331, section 5.1.3.
 */
export function logicGates(x: Tensor, gates: Tensor, connections: Tensor, args: LogicGatesArgs): Tensor {
  const owner = 'logicGates';
  const draw = toDraw(owner, 'gate', args);
  const [units] = gates.shape;
  if (gates.rank !== 2 || gates.shape[1] !== 16) {
    throw invalid(owner, 'gates', 'of shape [units, 16]', gates.shape);
  }
  if (connections.rank !== 2 || connections.shape[0] !== units || connections.shape[1] !== 2) {
    throw invalid(owner, 'connections', `of shape [${units}, 2]`, connections.shape);
  }
  const gradientFactor = positive(owner, 'gradientFactor', args.gradientFactor ?? 1);
  return drawLogicGates(x, gates, connections, gradientFactor, draw);
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
    if (onGradient === undefined) {
      return applyGates(x, straightThrough(gates, draw), connections, gradientFactor);
    }
    const rule = ruleFor(draw.estimator, 'gate');
    let kept: Tensor | undefined;
    const onDraw = (context: BackwardContext) => {
      kept = keep(sensitivityOf(rule, context));
    };
    const choice = straightThrough(gates, {...draw, onDraw});
    const sensitivity = kept!.clone(); // the tidy's
    kept!.dispose();
    return applyGates(x, choice, connections, gradientFactor, {sensitivity, report: onGradient});
  });
}

/**
 * Evaluates chosen, or mixed, gates.
 *
 * @param choice Weights of the sixteen gates, `[units, 16]`; one-hot for chosen gates.
 * @returns `[...batch, units]`.
 */
function applyGates(
  x: Tensor,
  choice: Tensor,
  connections: Tensor,
  gradientFactor: number,
  watch?: GateWatch,
): Tensor {
  const inputs = x.shape.at(-1)!;
  const rows = reshape(asFloat32(x), [-1, inputs]);
  const coefficients = matMul(choice, tensor2d(GATE_COEFFICIENTS));
  const y = evaluateGates(rows, coefficients, connections, gradientFactor, watch);
  return reshape(y, [...x.shape.slice(0, -1), choice.shape[0]!]);
}

/**
 * How much of one sample's |dy| reaches a unit's gate logits, mean over the sixteen, as a function of the sample's
 * inputs: s0 to s3 of s0 + s1 a + s2 b + s3 ab, `[units, 4]`.
 *
 * A sample's gradient is dy J^T T_c, where T_c holds every gate's output at the sample's corner c. So four numbers a unit,
 * one a corner, serve a batch of any size.
 */
function sensitivityOf(rule: Rule, context: BackwardContext): Tensor {
  if (rule.jacobianAt !== undefined) {
    return gateSensitivity(rule.jacobianAt(context), context.temperatures.backward);
  }
  return tidy(() => {
    const corners = GATE_TRUTH.map((truth) => {
      // A sum spreads the row over the units; Tile is thirty times slower on wasm.
      const answers = add(zerosLike(context.logits), tensor1d(truth));
      return mean(abs(rule.backward(answers, context)), 1);
    });
    return interpolateCorners(stack(corners, 1));
  });
}
