import {
  abs,
  add,
  addN,
  any,
  cast,
  isNaN as isNaNOf,
  scalar,
  sqrt,
  square,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core';

export function composedGlobalNorm(tensors: readonly Tensor[], onto?: Tensor): Tensor {
  const norm = sqrt(addAll(tensors.map((x) => sum(square(x)))));
  return onto === undefined ? norm : add(onto, norm);
}

/** WebGPU devices allow 8 storage buffers a shader, and silently drop the command where `addN` takes more. */
const MOST_AT_ONCE = 7;

/** Sum of scalars, 0 of none. */
function addAll(scalars: Tensor[]): Tensor {
  if (scalars.length === 0) return scalar(0);
  if (scalars.length <= MOST_AT_ONCE) return addN(scalars);
  return addAll([addN(scalars.slice(0, MOST_AT_ONCE)), ...scalars.slice(MOST_AT_ONCE)]);
}

export function composedSumRows(x: Tensor, onto?: Tensor): Tensor {
  return onto === undefined ? sum(x, 0) : add(onto, sum(x, 0));
}

export function composedSumAbsoluteRows(x: Tensor): Tensor {
  return sum(abs(x), 0);
}

export function composedHasNaN(x: Tensor): Tensor {
  return cast(any(isNaNOf(x)), 'float32');
}
