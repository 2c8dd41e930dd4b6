import {reshape, type Tensor, tidy} from '@tensorflow/tfjs-core';
import * as kernels from '../kernels/index.js';
import {checkReal, checkTensor, realAsFloat32} from './asFloat32.js';
import {containsNaN} from './assertNoNaN.js';
import {customGradients} from './customGradients.js';
import {explainNaN} from './explainNaN.js';
import type {Pass} from './Sampling.js';
import {resolveSampling, SAMPLING_OPTIONS, type SamplingArgs} from './samplingArgs.js';
import {invalid, positiveFloat32} from './validate.js';
import {watchedGateGradient} from './watchedGateGradient.js';

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
 * Evaluates two-input logic gates, one gate sampled per unit and shared by the batch.
 *
 * Forward: per unit, gate g ~ Categorical(softmax(gates / tf)), then y = c0 + c1 a + c2 b + c3 ab with g's
 * coefficients. Backward: dL/dz_g = sum over the batch of dL/dy * gate_g(a, b), from four reductions, then
 * the estimator's Jacobian; inputs get the sampled gate's real-valued derivative.
 *
 * @param x Inputs between 0 and 1, `[...batch, inputs]`.
 * @param gates Gate logits (nats), `[units, 16]`, in difflogic's order of gates.
 * @param connections Which two inputs each unit reads, `[units, 2]`, `int32`.
 * @returns `[...batch, units]`; zeros and ones when `x` is binary and the estimator samples.
 * @throws If an option is unknown or out of range, a shape or dtype does not fit, or a connection is not the index of an input; in
 *   development also if a logit is NaN or +Infinity, or all of a unit's are -Infinity.
 * @see Petersen et al., arXiv:2210.08277; Shah et al., arXiv:2410.13331, section 5.1.3.
 * @example
 * const x = tf.tensor2d([[0, 1, 1]]);
 * const gates = tf.zeros([4, 16]); // all gates equally likely
 * const connections = tf.tensor2d([[0, 1], [1, 2], [0, 2], [2, 1]], [4, 2], 'int32');
 * const y = functional.logicGates(x, gates, connections, {seed: 7}); // [1, 4]
 */
export function logicGates(x: Tensor, gates: Tensor, connections: Tensor, args: LogicGatesArgs): Tensor {
  const owner = 'logicGates';
  const sampling = resolveSampling(owner, 'gate', args, [...SAMPLING_OPTIONS, 'gradientFactor']);
  checkTensor(owner, 'x', x);
  if (x.rank === 0) throw invalid(owner, 'x', 'of shape [...batch, inputs]', x.shape);
  checkTensor(owner, 'gates', gates);
  checkTensor(owner, 'connections', connections);
  const [units] = gates.shape;
  if (gates.rank !== 2 || gates.shape[1] !== 16) {
    throw invalid(owner, 'gates', 'of shape [units, 16]', gates.shape);
  }
  if (connections.rank !== 2 || connections.shape[0] !== units || connections.shape[1] !== 2) {
    throw invalid(owner, 'connections', `of shape [${units}, 2]`, connections.shape);
  }
  checkReal(owner, 'connections', connections);
  const gradientFactor = positiveFloat32(owner, 'gradientFactor', args.gradientFactor ?? 1);
  return sampleLogicGates(x, gates, connections, gradientFactor, sampling);
}

/** `logicGates` with checked arguments. */
export function sampleLogicGates(
  x: Tensor,
  gates: Tensor,
  connections: Tensor,
  gradientFactor: number,
  pass: Pass,
): Tensor {
  return tidy(() => {
    const rows = reshape(realAsFloat32(pass.owner, 'x', x), [-1, x.shape.at(-1)!]);
    const y = customGradients([rows, realAsFloat32(pass.owner, 'gates', gates)], ([x, logits], save) => {
      const {value: coefficients, residuals = []} =
        pass.key === undefined
          ? pass.rule.forward(logits!)
          : pass.rule.forward(logits!, pass.temperatures, pass.key);
      if (containsNaN(coefficients)) throw explainNaN(pass.owner, logits!);
      const inputs = {x: x!, coefficients, connections};
      // Composed, both passes read the operands, which are gathered here once.
      const isComposed = !kernels.logicGates.hasKernel();
      const operands: Record<string, Tensor> = isComposed ? kernels.gateOperands(x!, connections) : {};
      save([x!, logits!, coefficients, connections, ...Object.values(operands), ...residuals]);
      return {
        value: kernels.logicGates({...inputs, ...operands}),
        gradients: (dy, saved, isRead) =>
          tidy(() =>
            gradientsOf(dy, saved, isComposed, {x: isRead(0), gates: isRead(1)}, gradientFactor, pass),
          ),
      };
    });
    return reshape(y, [...x.shape.slice(0, -1), gates.shape[0]!]);
  });
}

/**
 * The gradients with respect to the inputs and the gate logits, and the value for `onGradient`, all from one pass over the batch.
 *
 * @param saved Inputs, gate logits, sampled coefficients, connections, both operands if composed, and the residuals of the forward pass.
 * @param read Whose gradient is read. For one that is not, the tensor itself is returned.
 */
function gradientsOf(
  dy: Tensor,
  saved: readonly Tensor[],
  isComposed: boolean,
  read: {x: boolean; gates: boolean},
  gradientFactor: number,
  {rule, temperatures, onGradient}: Pass,
): [dx: Tensor, dgates: Tensor] {
  const [x, logits, coefficients, connections, ...others] = saved as [Tensor, Tensor, Tensor, Tensor];
  const [a, b] = isComposed ? others.splice(0, 2) : [];
  const wanted: kernels.GateGradient[] = [];
  if (read.x) wanted.push('dx');
  if (read.gates) wanted.push('sums');
  if (read.gates && onGradient !== undefined) wanted.push('absoluteSums');
  const found = kernels.logicGatesGradient(
    {dy, x, coefficients, connections, a, b},
    {gradientFactor, wanted},
  );
  const gradient = (one: kernels.GateGradient) => found[wanted.indexOf(one)]!;
  const dx = read.x ? gradient('dx') : x;
  if (!read.gates) return [dx, logits];

  const context = {logits, residuals: others, temperatures};
  if (onGradient === undefined) return [dx, rule.backward(gradient('sums'), context)];
  const [dgates, magnitude] = watchedGateGradient(rule, gradient('sums'), gradient('absoluteSums'), context);
  onGradient(magnitude);
  return [dx, dgates];
}
