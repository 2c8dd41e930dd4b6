import {type TensorInfo, util} from '@tensorflow/tfjs-core';
import {floatsOf, offsetOf, type WasmBackend} from '../../wasm/heap.js';
import {globalNorm} from '../ops/globalNorm.js';
import {exportsOf} from './kernelModule.js';

export const globalNormOnWasm = globalNorm.kernelOn<WasmBackend>(
  'wasm',
  ({onto, ...tensors}, attributes, backend) => {
    const output = backend.makeOutput(globalNorm.shape({onto, ...tensors}, attributes), 'float32');
    let squares = 0;
    for (const x of Object.values(tensors) as TensorInfo[]) {
      squares += exportsOf(backend).sumOfSquares(offsetOf(backend, x), util.sizeFromShape(x.shape));
    }
    const added = onto === undefined ? 0 : floatsOf(backend, onto)[0]!; // first: bringing it here may detach a view
    floatsOf(backend, output)[0] = Math.sqrt(squares) + added;
    return output;
  },
);
