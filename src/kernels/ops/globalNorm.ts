import {add, addN, scalar, sqrt, square, sum, type Tensor} from '@tensorflow/tfjs-core';
import {defineOp} from '../Op.js';

/** Any number of tensors, under any names, and a scalar `onto` to add to. */
type Inputs = Readonly<Record<string, Tensor | undefined>> & {readonly onto?: Tensor | undefined};

/**
 * L2 norm of all elements of all inputs, plus `onto`, a scalar, where there is one. Output: a `float32` scalar.
 */
export const globalNorm = defineOp({
  kernelName: 'DiscreteGlobalNorm',
  shape: () => [],
  composed: ({onto, ...tensors}: Inputs) => {
    const norm = sqrt(sumOf(Object.values(tensors).map((x) => sum(square(x!)))));
    return (onto === undefined ? norm : add(onto, norm)) as Tensor;
  },
});

/** WebGPU devices allow 8 storage buffers per shader, and silently drop the command where `addN` takes more. */
const MOST_AT_ONCE = 7;

/** Sum of scalars, 0 of none. */
function sumOf(scalars: Tensor[]): Tensor {
  if (scalars.length === 0) return scalar(0);
  if (scalars.length <= MOST_AT_ONCE) return addN(scalars);
  return sumOf([addN(scalars.slice(0, MOST_AT_ONCE)), ...scalars.slice(MOST_AT_ONCE)]);
}
