import {util} from '@tensorflow/tfjs-core';
import {offsetOf, type WasmBackend} from '../../wasm/heap.js';
import {sigmoidJacobianProduct} from '../ops/sigmoidJacobianProduct.js';
import {exportsOf} from './kernelModule.js';

export const sigmoidJacobianProductOnWasm = sigmoidJacobianProduct.kernelOn<WasmBackend>(
  'wasm',
  (inputs, attributes, backend) => {
    const output = backend.makeOutput(sigmoidJacobianProduct.shape(inputs, attributes), 'float32');
    exportsOf(backend).sigmoidJacobianProduct(
      offsetOf(backend, inputs.dy),
      offsetOf(backend, inputs.logits),
      offsetOf(backend, output),
      util.sizeFromShape(output.shape),
      attributes.temperature,
    );
    return output;
  },
);
