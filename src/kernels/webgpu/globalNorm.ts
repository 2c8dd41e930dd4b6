import {type TensorInfo, util} from '@tensorflow/tfjs-core';
import {globalNorm} from '../ops/globalNorm.js';
import {i32, runProgram, WORKGROUP} from './runProgram.js';
import type {WebGpuBackend} from './WebGpuBackend.js';

/** Partial sums, one per workgroup. */
const PARTS = 64;

/** A shader reads and writes 8 buffers at most: the result, the sums so far, and these. */
const TENSORS_AT_ONCE = 6;

/** Sums of squares in parts, up to six tensors per dispatch, each dispatch adding to the parts of the one before; then their root. */
export const globalNormOnWebGpu = globalNorm.kernelOn<WebGpuBackend>(
  'webgpu',
  ({onto, ...tensors}, _, backend) => {
    const all = Object.values(tensors) as TensorInfo[];
    let parts = addSquares(backend, all.slice(0, TENSORS_AT_ONCE));
    for (let i = TENSORS_AT_ONCE; i < all.length; i += TENSORS_AT_ONCE) {
      const sums = addSquares(backend, all.slice(i, i + TENSORS_AT_ONCE), parts);
      backend.disposeData(parts.dataId);
      parts = sums;
    }
    const [norm] = runProgram(backend, {
      name: onto === undefined ? 'Norm' : 'NormOnto',
      inputs: {parts, ...(onto && {onto})},
      outputs: {result: []},
      invocations: 1,
      main: `
        var sum = 0.0;
        for (var part = 0; part < ${PARTS}; part++) { sum += parts[part]; }
        result[0] = sqrt(sum)${onto === undefined ? '' : ' + onto[0]'};`,
    });
    backend.disposeData(parts.dataId);
    return norm!;
  },
);

function addSquares(backend: WebGpuBackend, tensors: readonly TensorInfo[], parts?: TensorInfo): TensorInfo {
  const operands = Object.fromEntries(tensors.map((x, i) => [`x${i}`, x]));
  const sizes = tensors.map((x, i) => [`size${i}`, i32(util.sizeFromShape(x.shape))] as const);
  const [sums] = runProgram(backend, {
    name: `SumsOfSquares${tensors.length}${parts === undefined ? '' : 'Onto'}`,
    inputs: {...operands, ...(parts && {parts})},
    uniforms: Object.fromEntries(sizes),
    outputs: {result: [PARTS]},
    invocations: PARTS * WORKGROUP,
    hasBarriers: true,
    declarations: `var<workgroup> squares : array<f32, ${WORKGROUP}>;`,
    main: `
      let own = index % ${WORKGROUP};
      var sum = 0.0;
      ${tensors
        .map(
          (_, i) => `
            for (var i = index; i < uniforms.size${i}; i += uniforms.invocations) { sum += x${i}[i] * x${i}[i]; }`,
        )
        .join('')}
      squares[own] = sum;
      for (var half = ${WORKGROUP / 2}; half > 0; half /= 2) {
        workgroupBarrier();
        if (own < half) { squares[own] += squares[own + half]; }
      }
      if (own == 0) {
        let part = index / ${WORKGROUP};
        result[part] = squares[0]${parts === undefined ? '' : ' + parts[part]'};
      }`,
  });
  return sums!;
}
