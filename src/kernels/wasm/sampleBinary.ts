import {util} from '@tensorflow/tfjs-core';
import {offsetOf, type WasmBackend} from '../../wasm/heap.js';
import {sampleBinary} from '../ops/sampleBinary.js';
import {scrambleKey} from '../pcg4d.js';
import {exportsOf} from './kernelModule.js';

export const sampleBinaryOnWasm = sampleBinary.kernelOn<WasmBackend>(
  'wasm',
  (inputs, attributes, backend) => {
    const {seed, stream, step} = scrambleKey(attributes);
    const output = backend.makeOutput(sampleBinary.shape(inputs, attributes), 'float32');
    exportsOf(backend).sampleBinary(
      offsetOf(backend, inputs.logits),
      offsetOf(backend, output),
      util.sizeFromShape(output.shape),
      attributes.temperature,
      seed,
      stream,
      step,
    );
    return output;
  },
);
