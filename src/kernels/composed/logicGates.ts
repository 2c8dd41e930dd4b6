import {
  add,
  gather,
  getBackend,
  getKernel,
  mul,
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

export function composedLogicGates(x: Tensor, coefficients: Tensor, connections: Tensor): Tensor {
  const {a, b} = operands(x, connections);
  const [c0, c1, c2, c3] = columns(coefficients) as [Tensor, Tensor, Tensor, Tensor];
  return add(add(c0, mul(c2, b)), mul(a, add(c1, mul(c3, b))));
}

export function composedInputGradient(
  dy: Tensor,
  x: Tensor,
  coefficients: Tensor,
  connections: Tensor,
  gradientFactor: number,
): Tensor {
  const {a, b} = operands(x, connections);
  const [, c1, c2, c3] = columns(coefficients) as [Tensor, Tensor, Tensor, Tensor];
  const da = mul(dy, add(c1, mul(c3, b)));
  const db = mul(dy, add(c2, mul(c3, a)));
  const places = columns(connections) as [Tensor, Tensor];
  const inputs = x.shape[1]!;
  const dx = add(sumInto(da, places[0], inputs), sumInto(db, places[1], inputs));
  return gradientFactor === 1 ? dx : mul(dx, gradientFactor);
}

export function composedCoefficientGradient(dy: Tensor, x: Tensor, connections: Tensor): Tensor {
  const {a, b} = operands(x, connections);
  const dyA = mul(dy, a);
  return stack([sum(dy, 0), sum(dyA, 0), sum(mul(dy, b), 0), sum(mul(dyA, b), 0)], 1);
}

function columns(matrix: Tensor): Tensor[] {
  const [rows, width] = matrix.shape as [number, number];
  return Array.from({length: width}, (_, column) => squeeze(slice(matrix, [0, column], [rows, 1]), [1]));
}

function operands(x: Tensor, connections: Tensor): {a: Tensor; b: Tensor} {
  const [left, right] = columns(connections) as [Tensor, Tensor];
  return {a: gather(x, left as never, 1), b: gather(x, right as never, 1)};
}

/**
 * Adds column j of `values` into column `places[j]` of a `[rows, width]` result. In JavaScript on backends
 * without segment sums, and on cpu, whose own take a pass over all values for each segment.
 */
function sumInto(values: Tensor, places: Tensor, width: number): Tensor {
  if (getBackend() !== 'cpu' && getKernel('UnsortedSegmentSum', getBackend()) !== undefined) {
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
