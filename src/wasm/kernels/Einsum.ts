import {
  backend_util,
  Einsum,
  type EinsumAttrs,
  mul,
  reshape,
  sum,
  type Tensor,
  type TensorInfo,
  tidy,
  transpose,
  util,
} from '@tensorflow/tfjs-core';
import {missing} from '../trainingKernel.js';

/**
 * Einstein summation: transposes, multiplies and sums over one index after the other, along the path that
 * tfjs-core computes. It has no gradient on any backend.
 *
 * @param inputs The tensors in order, named 0, 1 ...
 */
export const einsum = missing<Record<string, TensorInfo>, EinsumAttrs>(Einsum, ({inputs, attrs}) => {
  const tensors = Object.values(inputs) as Tensor[];
  const {allDims, summedDims, idDims} = backend_util.decodeEinsumEquation(attrs.equation, tensors.length);
  backend_util.checkEinsumDimSizes(allDims.length, idDims, tensors);
  const {path, steps} = backend_util.getEinsumComputePath(summedDims, idDims);
  return tidy(() => {
    let out: Tensor | undefined;
    let remaining = allDims.length;
    steps.forEach((terms, step) => {
      for (const term of terms) {
        const {permutationIndices, expandDims} = backend_util.getEinsumPermutation(remaining, idDims[term]!);
        const moved = backend_util.isIdentityPermutation(permutationIndices)
          ? tensors[term]!
          : transpose(tensors[term]!, permutationIndices);
        const shape = moved.shape.slice();
        for (const axis of expandDims) shape.splice(axis, 0, 1);
        const factor = util.arraysEqual(shape, moved.shape) ? moved : reshape(moved, shape);
        out = out === undefined ? factor : mul(factor, out);
      }
      if (step === steps.length - 1) return;
      if (path[step]! >= 0) out = sum(out!, path[step]! - (allDims.length - remaining));
      remaining--;
    });
    return tensors.includes(out!) ? out!.clone() : out!;
  });
});
