import {abs, registerGradient, type Tensor, tensor} from '@tensorflow/tfjs-core';
import {
  composedCoefficientGradient,
  composedInputGradient,
  composedLogicGates,
} from './composed/logicGates.js';
import {hasKernel, runDifferentiableKernel, runFast, runKernel} from './run.js';

const LOGIC_GATES = 'DiscreteLogicGates';

/** Both gradients in one pass: [dx, gradient with respect to the coefficients]. It has no composed form. */
const GRADIENTS = 'DiscreteLogicGatesGradients';

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
): Tensor {
  return runDifferentiableKernel(LOGIC_GATES, {x, coefficients, connections}, {gradientFactor}, (inputs) =>
    composedLogicGates(inputs.x!, inputs.coefficients!, inputs.connections!),
  );
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
 * The four reductions over the batch that serve all sixteen gates: sums of dy, dy a, dy b and dy ab.
 *
 * @returns `[units, 4]`, the gradient with respect to the coefficients.
 */
export function coefficientGradient(dy: Tensor, x: Tensor, connections: Tensor): Tensor {
  return runKernel('DiscreteLogicGatesCoefficientGradient', {dy, x, connections}, {}, () =>
    composedCoefficientGradient(dy, x, connections),
  );
}

/** `coefficientGradient` of |dy|: how much loss gradient met each combination of inputs. */
export function gradientMass(dy: Tensor, x: Tensor, connections: Tensor): Tensor {
  return coefficientGradient(abs(dy), x, connections);
}

registerGradient({
  kernelName: LOGIC_GATES,
  inputsToSave: ['x', 'coefficients', 'connections'],
  gradFunc: (dy, saved, attributes) => {
    const [x, coefficients, connections] = saved as [Tensor, Tensor, Tensor];
    const {gradientFactor} = attributes as {gradientFactor: number};
    const gradient = dy as Tensor;
    // TensorFlow.js asks for x's gradient first, in a tidy. The other one waits outside of the backend's memory,
    // so that nothing is left behind where nobody asks for it.
    let waiting: Float32Array | undefined;
    return {
      x: () => {
        if (!hasKernel(GRADIENTS)) {
          return inputGradient(gradient, x, coefficients, connections, gradientFactor);
        }
        const inputs = {dy: gradient, x, coefficients, connections};
        const [dx, sums] = runFast(GRADIENTS, inputs, {gradientFactor}) as Tensor[];
        waiting = sums!.dataSync<'float32'>();
        return dx!;
      },
      coefficients: () =>
        waiting === undefined
          ? coefficientGradient(gradient, x, connections)
          : tensor(waiting, coefficients.shape),
    };
  },
});
