import {type TensorInfo, util} from '@tensorflow/tfjs-core';
import {globalNorm} from '../ops/globalNorm.js';
import {int, runProgram} from './runProgram.js';
import type {WebGlBackend} from './WebGlBackend.js';

/** Partial sums, one per fragment. */
const PARTS = 256;

/** A fragment program reads 16 textures at least: the sums so far, and these. */
const TENSORS_AT_ONCE = 15;

/** Sums of squares in parts, up to fifteen tensors per program, each program adding to the parts of the one before; then their root. */
export const globalNormOnWebGl = globalNorm.kernelOn<WebGlBackend>(
  'webgl',
  ({onto, ...tensors}, _, backend) => {
    const all = Object.values(tensors) as TensorInfo[];
    let parts = addSquares(backend, all.slice(0, TENSORS_AT_ONCE));
    for (let i = TENSORS_AT_ONCE; i < all.length; i += TENSORS_AT_ONCE) {
      const sums = addSquares(backend, all.slice(i, i + TENSORS_AT_ONCE), parts);
      backend.disposeData(parts.dataId);
      parts = sums;
    }
    const norm = runProgram(backend, {
      inputs: {parts, ...(onto && {onto})},
      shape: [],
      main: `
        float sum = 0.0;
        for (int part = 0; part < ${PARTS}; part++) { sum += getParts(part); }
        return sqrt(sum)${onto === undefined ? '' : ' + getOnto(0)'};`,
    });
    backend.disposeData(parts.dataId);
    return norm;
  },
);

function addSquares(backend: WebGlBackend, tensors: readonly TensorInfo[], parts?: TensorInfo): TensorInfo {
  const operands = Object.fromEntries(tensors.map((x, i) => [`x${i}`, x]));
  const sizes = tensors.map((x, i) => [`size${i}`, int(util.sizeFromShape(x.shape))] as const);
  return runProgram(backend, {
    inputs: {...operands, ...(parts && {parts})},
    uniforms: Object.fromEntries(sizes),
    shape: [PARTS],
    main: `
      float sum = 0.0;
      float x;
      ${tensors
        .map(
          (_, i) => `
            for (int i = index; i < size${i}; i += ${PARTS}) { x = getX${i}(i); sum += x * x; }`,
        )
        .join('')}
      return sum${parts === undefined ? '' : ' + getParts(index)'};`,
  });
}
