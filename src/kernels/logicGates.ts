import {type GradFunc, registerGradient, type Tensor, tensor} from '@tensorflow/tfjs-core';
import {
  composedCoefficientGradient,
  composedGateSensitivity,
  composedGradientMagnitude,
  composedInputGradient,
  composedLogicGates,
} from './composed/logicGates.js';
import {hasKernel, runDifferentiableKernel, runFast, runKernel} from './run.js';

export {interpolateCorners} from './composed/logicGates.js';

const LOGIC_GATES = 'DiscreteLogicGates';

/** The same forward pass, with a `sensitivity` for the backward pass. */
const WATCHED = 'DiscreteWatchedLogicGates';

/** Both gradients in one pass: [dx, sums], and [magnitude] where watched. It has no composed form. */
const GRADIENTS = 'DiscreteLogicGatesGradients';

/**
 * The gradient with respect to the coefficients alone, `[units, 4]`: the sums over the batch of dy, dy a, dy b and dy ab,
 * which serve all sixteen gates; and [magnitude] where watched. It has no composed form.
 */
const COEFFICIENT_GRADIENT = 'DiscreteLogicGatesCoefficientGradient';

/** What is asked of each backward pass beside the gradients. */
export interface GateWatch {
  /** How much of each |dy| counts, s0 + s1 a + s2 b + s3 ab: `[units, 4]`. */
  readonly sensitivity: Tensor;
  /** Is given the sums over rows of |dy (s0 + s1 a + s2 b + s3 ab)|, `[units]`; it must not dispose it. */
  readonly report: (magnitude: Tensor) => void;
}

interface GateAttributes {
  readonly gradientFactor: number;
  readonly report?: GateWatch['report'];
}

/**
 * Every unit's gate `c0 + c1 a + c2 b + c3 ab` on its two inputs.
 *
 * @param x Inputs, `[rows, inputs]`.
 * @param coefficients c0 to c3 of each unit, `[units, 4]`.
 * @param connections Places of a and b among the inputs, `[units, 2]`, `int32`.
 * @param gradientFactor What the gradient with respect to `x` is multiplied by.
 * @returns `[rows, units]`.
 * @throws where a fast form serves and a connection names no input.
 */
export function evaluateGates(
  x: Tensor,
  coefficients: Tensor,
  connections: Tensor,
  gradientFactor: number,
  watch?: GateWatch,
): Tensor {
  const composed = (inputs: Record<string, Tensor>) =>
    composedLogicGates(inputs.x!, inputs.coefficients!, inputs.connections!);
  const inputs = {x, coefficients, connections};
  if (watch === undefined) return runDifferentiableKernel(LOGIC_GATES, inputs, {gradientFactor}, composed);
  const {sensitivity, report} = watch;
  return runDifferentiableKernel(WATCHED, {...inputs, sensitivity}, {gradientFactor, report}, composed);
}

/** dL/dx of `evaluateGates`: each operand's partial derivative, summed into the input that it reads. */
function inputGradient(
  dy: Tensor,
  x: Tensor,
  coefficients: Tensor,
  connections: Tensor,
  gradientFactor: number,
): Tensor {
  return runKernel(
    'DiscreteLogicGatesInputGradient',
    {dy, x, coefficients, connections},
    {gradientFactor},
    () => composedInputGradient(dy, x, coefficients, connections, gradientFactor),
  );
}

/**
 * How much of each |dy| reaches a gate logit, mean over the sixteen, where the logits' gradient is J(t)^T dL/dz: a
 * function of the unit's inputs, s0 + s1 a + s2 b + s3 ab.
 *
 * @param logits `[units, 16]`.
 * @returns s0 to s3 of each unit, `[units, 4]`.
 */
export function gateSensitivity(logits: Tensor, temperature: number): Tensor {
  return runKernel('DiscreteGateSensitivity', {logits}, {temperature}, () =>
    composedGateSensitivity(logits, temperature),
  );
}

/** Gradients of both gate kernels; those of a watched one report before they return. */
const GATE_GRADIENTS: GradFunc = (dy, saved, attributes) => {
  const [x, coefficients, connections, sensitivity] = saved as [Tensor, Tensor, Tensor, Tensor?];
  const {gradientFactor, report} = attributes as unknown as GateAttributes;
  const gradient = dy as Tensor;
  const inputs = {dy: gradient, x, connections, ...(sensitivity && {sensitivity})};
  // TensorFlow.js asks for x's gradient first, in a tidy. The other one waits outside of the backend's memory,
  // so that nothing is left behind where nobody asks for it.
  let waiting: Float32Array | undefined;
  let reported = false;
  const reportOnce = (magnitude: () => Tensor) => {
    if (!reported) report?.(magnitude());
    reported = true;
  };
  const composedMagnitude = () => composedGradientMagnitude(gradient, x, sensitivity!, connections);
  return {
    x: () => {
      if (!hasKernel(GRADIENTS)) {
        reportOnce(composedMagnitude);
        return inputGradient(gradient, x, coefficients, connections, gradientFactor);
      }
      const outputs = runFast(GRADIENTS, {...inputs, coefficients}, {gradientFactor}) as Tensor[];
      const [dx, sums, magnitude] = outputs as [Tensor, Tensor, Tensor];
      reportOnce(() => magnitude);
      waiting = sums.dataSync<'float32'>();
      return dx;
    },
    coefficients: () => {
      if (waiting !== undefined) return tensor(waiting, coefficients.shape);
      if (!hasKernel(COEFFICIENT_GRADIENT)) {
        reportOnce(composedMagnitude);
        return composedCoefficientGradient(gradient, x, connections);
      }
      const [sums, magnitude] = runFast(COEFFICIENT_GRADIENT, inputs, {}) as [Tensor, Tensor];
      reportOnce(() => magnitude);
      return sums;
    },
  };
};

registerGradient({
  kernelName: LOGIC_GATES,
  inputsToSave: ['x', 'coefficients', 'connections'],
  gradFunc: GATE_GRADIENTS,
});
registerGradient({
  kernelName: WATCHED,
  inputsToSave: ['x', 'coefficients', 'connections', 'sensitivity'],
  gradFunc: GATE_GRADIENTS,
});
