import {util} from '@tensorflow/tfjs-core';
import {offsetOf, type WasmBackend} from '../../wasm/heap.js';
import {uniform} from '../ops/uniform.js';
import {scrambleKey} from '../pcg4d.js';
import {exportsOf} from './kernelModule.js';

export const uniformOnWasm = uniform.kernelOn<WasmBackend>('wasm', (_, {shape, ...key}, backend) => {
  const {seed, stream, step} = scrambleKey(key);
  const output = backend.makeOutput(shape, 'float32');
  const length = util.sizeFromShape(shape);
  exportsOf(backend).fillUniform(offsetOf(backend, output), length, seed, stream, step);
  return output;
});
