import {offsetOf, type WasmBackend} from '../../wasm/heap.js';
import {softmaxJacobianProduct} from '../ops/softmaxJacobianProduct.js';
import {exportsOf} from './kernelModule.js';
import {rowsOf} from './rowsOf.js';

export const softmaxJacobianProductOnWasm = softmaxJacobianProduct.kernelOn<WasmBackend>(
  'wasm',
  (inputs, attributes, backend) => {
    const output = backend.makeOutput(softmaxJacobianProduct.shape(inputs, attributes), 'float32');
    const {rows, categories} = rowsOf(output);
    exportsOf(backend).softmaxJacobianProduct(
      offsetOf(backend, inputs.dy),
      offsetOf(backend, inputs.logits),
      offsetOf(backend, output),
      rows,
      categories,
      attributes.temperature,
    );
    return output;
  },
);
