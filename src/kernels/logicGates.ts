import {
  abs,
  add,
  gather,
  getBackend,
  getKernel,
  mul,
  registerGradient,
  slice,
  squeeze,
  stack,
  sum,
  type Tensor,
  type Tensor2D,
  tensor,
  transpose,
  unsortedSegmentSum,
} from '@tensorflow/tfjs-core';
import {runDifferentiableKernel, runKernel} from './run.js';

const LOGIC_GATES = 'DiscreteLogicGates';

/**
 * Every unit's gate `c0 + c1 a + c2 b + c3 ab` on its two inputs.
 *
 * @param x Inputs, `[rows, inputs]`.
 * @param coefficients c0 to c3 of each unit, `[units, 4]`.
 * @param connections Places of a and b among the inputs, `[units, 2]`, `int32`.
 * @param gradientFactor What the gradient with respect to `x` is multiplied by.
 * @returns `[rows, units]`.
 */
export function evaluateGates(
  x: Tensor,
  coefficients: Tensor,
  connections: Tensor,
  gradientFactor: number,
): Tensor {
  return runDifferentiableKernel(LOGIC_GATES, {x, coefficients, connections}, {gradientFactor}, (inputs) => {
    const {a, b} = operands(inputs.x!, inputs.connections!);
    const [c0, c1, c2, c3] = columns(inputs.coefficients!) as [Tensor, Tensor, Tensor, Tensor];
    return add(add(c0, mul(c2, b)), mul(a, add(c1, mul(c3, b))));
  });
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
    () => {
      const {a, b} = operands(x, connections);
      const [, c1, c2, c3] = columns(coefficients) as [Tensor, Tensor, Tensor, Tensor];
      const da = mul(dy, add(c1, mul(c3, b)));
      const db = mul(dy, add(c2, mul(c3, a)));
      const places = columns(connections) as [Tensor, Tensor];
      const inputs = x.shape[1]!;
      const dx = add(sumInto(da, places[0], inputs), sumInto(db, places[1], inputs));
      return gradientFactor === 1 ? dx : mul(dx, gradientFactor);
    },
  );
}

/**
 * The four reductions over the batch that serve all sixteen gates: sums of dy, dy a, dy b and dy ab.
 *
 * @returns `[units, 4]`, the gradient with respect to the coefficients.
 */
export function coefficientGradient(dy: Tensor, x: Tensor, connections: Tensor): Tensor {
  return runKernel('DiscreteLogicGatesCoefficientGradient', {dy, x, connections}, {}, () => {
    const {a, b} = operands(x, connections);
    const dyA = mul(dy, a);
    return stack([sum(dy, 0), sum(dyA, 0), sum(mul(dy, b), 0), sum(mul(dyA, b), 0)], 1);
  });
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
    return {
      x: () => inputGradient(dy as Tensor, x, coefficients, connections, gradientFactor),
      coefficients: () => coefficientGradient(dy as Tensor, x, connections),
    };
  },
});

function columns(matrix: Tensor): Tensor[] {
  const [rows, width] = matrix.shape as [number, number];
  return Array.from({length: width}, (_, column) => squeeze(slice(matrix, [0, column], [rows, 1]), [1]));
}

function operands(x: Tensor, connections: Tensor): {a: Tensor; b: Tensor} {
  const [left, right] = columns(connections) as [Tensor, Tensor];
  return {a: gather(x, left as never, 1), b: gather(x, right as never, 1)};
}

/** Adds column j of `values` into column `places[j]` of a `[rows, width]` result. */
function sumInto(values: Tensor, places: Tensor, width: number): Tensor {
  if (getKernel('UnsortedSegmentSum', getBackend()) !== undefined) {
    return transpose(unsortedSegmentSum(transpose(values), places as never, width));
  }
  const [rows, length] = (values as Tensor2D).shape;
  const from = values.dataSync();
  const to = places.dataSync();
  const out = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < length; j++) out[row * width + to[j]!]! += from[row * length + j]!;
  }
  return tensor(out, [rows, width]);
}
