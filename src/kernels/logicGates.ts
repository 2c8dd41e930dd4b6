import {abs, type GradFunc, registerGradient, type Tensor, tensor, tidy} from '@tensorflow/tfjs-core';
import {
  composedCoefficientGradient,
  composedInputGradient,
  composedLogicGates,
} from './composed/logicGates.js';
import {hasKernel, runDifferentiableKernel, runFast} from './run.js';

const LOGIC_GATES = 'DiscreteLogicGates';

/** Both gradients in one pass: [dx, sums], and [masses] where watched. It has no composed form. */
const GRADIENTS = 'DiscreteLogicGatesGradients';

/**
 * The gradient with respect to the coefficients alone, `[units, 4]`: the sums over the batch of dy, dy a, dy b and dy ab,
 * which serve all sixteen gates; and [masses] where watched. It has no composed form.
 */
const COEFFICIENT_GRADIENT = 'DiscreteLogicGatesCoefficientGradient';

/**
 * Is given, in each backward pass that asks for the coefficients' gradient and before that returns, the sums over rows
 * of |dy|, |dy| a, |dy| b and |dy| ab, `[units, 4]`; it must not dispose them.
 */
export type AbsoluteSumsListener = (masses: Tensor) => void;

interface GateAttributes {
  readonly gradientFactor: number;
  readonly report?: AbsoluteSumsListener;
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
  report?: AbsoluteSumsListener,
): Tensor {
  return runDifferentiableKernel(
    LOGIC_GATES,
    {x, coefficients, connections},
    {gradientFactor, report},
    (inputs) => composedLogicGates(inputs.x!, inputs.coefficients!, inputs.connections!),
  );
}

const GATE_GRADIENTS: GradFunc = (dy, saved, attributes) => {
  const [x, coefficients, connections] = saved as [Tensor, Tensor, Tensor];
  const {gradientFactor, report} = attributes as unknown as GateAttributes;
  const gradient = dy as Tensor;
  const watched = report !== undefined;
  // TensorFlow.js asks for x's gradient first, in a tidy. The other one waits outside of the backend's memory,
  // so that nothing is left behind where nobody asks for it.
  let waiting: Float32Array[] | undefined;
  return {
    x: () => {
      if (!hasKernel(GRADIENTS)) {
        return tidy(() => composedInputGradient(gradient, x, coefficients, connections, gradientFactor));
      }
      const inputs = {dy: gradient, x, coefficients, connections};
      const [dx, ...sums] = runFast(GRADIENTS, inputs, {gradientFactor, watched}) as [Tensor, ...Tensor[]];
      waiting = sums.map((one) => one.dataSync<'float32'>());
      return dx;
    },
    coefficients: () => {
      const [sums, masses] = sumsOf() as [Tensor, Tensor];
      report?.(masses);
      return sums;
    },
  };

  function sumsOf(): Tensor[] {
    if (waiting !== undefined) return waiting.map((one) => tensor(one, coefficients.shape));
    if (hasKernel(COEFFICIENT_GRADIENT)) {
      return runFast(COEFFICIENT_GRADIENT, {dy: gradient, x, connections}, {watched}) as Tensor[];
    }
    const counted = watched ? [gradient, abs(gradient)] : [gradient];
    return counted.map((each) => composedCoefficientGradient(each, x, connections));
  }
};

registerGradient({
  kernelName: LOGIC_GATES,
  inputsToSave: ['x', 'coefficients', 'connections'],
  gradFunc: GATE_GRADIENTS,
});
