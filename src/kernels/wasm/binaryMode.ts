import {util} from '@tensorflow/tfjs-core';
import {offsetOf, type WasmBackend} from '../../wasm/heap.js';
import {binaryMode} from '../ops/binaryMode.js';
import {exportsOf} from './kernelModule.js';

export const binaryModeOnWasm = binaryMode.kernelOn<WasmBackend>('wasm', (inputs, attributes, backend) => {
  const output = backend.makeOutput(binaryMode.shape(inputs, attributes), 'float32');
  const length = util.sizeFromShape(output.shape);
  exportsOf(backend).binaryMode(offsetOf(backend, inputs.logits), offsetOf(backend, output), length);
  return output;
});
