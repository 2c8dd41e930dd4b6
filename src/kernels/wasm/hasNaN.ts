import {util} from '@tensorflow/tfjs-core';
import {offsetOf, type WasmBackend} from '../../wasm/heap.js';
import {hasNaN} from '../ops/hasNaN.js';
import {exportsOf} from './kernelModule.js';

export const hasNaNOnWasm = hasNaN.kernelOn<WasmBackend>('wasm', ({x}, attributes, backend) => {
  const output = backend.makeOutput(hasNaN.shape({x}, attributes), 'float32');
  const length = util.sizeFromShape(x.shape);
  exportsOf(backend).hasNaN(offsetOf(backend, x), offsetOf(backend, output), length);
  return output;
});
