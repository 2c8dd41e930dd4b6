import {
  abs,
  add,
  getBackend,
  getKernel,
  mul,
  stack,
  sum,
  type Tensor,
  type Tensor2D,
  tensor,
  transpose,
  unsortedSegmentSum,
} from '@tensorflow/tfjs-core';
import {defineOp, type Infos} from '../Op.js';
import {columnsOf, type GateOperands, gateOperands, knownOr} from './gateOperands.js';

/**
 * What `logicGatesGradient` can compute: dL/dx, `[rows, inputs]`, times `gradientFactor`; `sums`, dL/dcoefficients, the sums over
 * rows of dy, dy a, dy b and dy ab, `[units, 4]`; and `absoluteSums`, the same sums of |dy|.
 */
export type GateGradient = 'dx' | 'sums' | 'absoluteSums';

interface Inputs extends GateOperands {
  readonly dy: Tensor;
  readonly x: Tensor;
  readonly coefficients: Tensor;
  readonly connections: Tensor;
}

interface Attributes {
  readonly gradientFactor: number;
  readonly wanted: readonly GateGradient[];
}

/**
 * The gradients of `logicGates`, those that are `wanted`, in that order.
 *
 * Inputs: `dy`, `[rows, units]`, and the inputs of `logicGates`. Attributes: `gradientFactor`, which dL/dx is multiplied by.
 */
export const logicGatesGradient = defineOp({
  kernelName: 'DiscreteLogicGatesGradient',
  integers: ['connections'],
  shape: (inputs: Infos<Inputs>, {wanted}) => wanted.map((one) => gateGradientShape(inputs, one)),
  composed: (
    {dy, x, coefficients, connections, ...operands}: Inputs,
    {gradientFactor, wanted}: Attributes,
  ): Tensor[] => {
    const {a, b} = knownOr(operands, () => gateOperands(x, connections));
    const compute: Record<GateGradient, () => Tensor> = {
      sums: () => productSums(dy, a, b),
      absoluteSums: () => productSums(abs(dy), a, b),
      dx: () => {
        const [, c1, c2, c3] = columnsOf(coefficients) as [Tensor, Tensor, Tensor, Tensor];
        const da = mul(dy, add(c1, mul(c3, b)));
        const db = mul(dy, add(c2, mul(c3, a)));
        const [toA, toB] = columnsOf(connections) as [Tensor, Tensor];
        const inputs = x.shape[1]!;
        const dx = add(sumInto(da, toA, inputs), sumInto(db, toB, inputs)) as Tensor;
        return gradientFactor === 1 ? dx : mul(dx, gradientFactor);
      },
    };
    return wanted.map((one) => compute[one]());
  },
});

/** Shape of one of the gradients. */
export function gateGradientShape({x, connections}: Infos<Inputs>, gradient: GateGradient): number[] {
  return gradient === 'dx' ? x.shape : [connections.shape[0]!, 4];
}

/** Sums over rows of v, v a, v b and v ab, `[units, 4]`. */
function productSums(v: Tensor, a: Tensor, b: Tensor): Tensor {
  const withA = mul(v, a);
  return stack([sum(v, 0), sum(withA, 0), sum(mul(v, b), 0), sum(mul(withA, b), 0)], 1);
}

/**
 * Adds column j of `values` into column `indices[j]` of a `[rows, width]` result. In JavaScript on backends
 * without segment sums, and on cpu, whose own take a pass over all values for each segment.
 */
function sumInto(values: Tensor, indices: Tensor, width: number): Tensor {
  if (getBackend() !== 'cpu' && getKernel('UnsortedSegmentSum', getBackend()) !== undefined) {
    return transpose(unsortedSegmentSum(transpose(values), indices as never, width));
  }
  const [rows, length] = (values as Tensor2D).shape;
  const from = values.dataSync();
  const to = indices.dataSync();
  const out = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < length; j++) out[row * width + to[j]!]! += from[row * length + j]!;
  }
  return tensor(out, [rows, width]);
}
