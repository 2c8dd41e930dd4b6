import {offsetOf, type WasmBackend} from '../../wasm/heap.js';
import {categoryMode} from '../ops/categoryMode.js';
import {exportsOf} from './kernelModule.js';
import {rowsOf} from './rowsOf.js';

export const categoryModeOnWasm = categoryMode.kernelOn<WasmBackend>(
  'wasm',
  (inputs, attributes, backend) => {
    const output = backend.makeOutput(categoryMode.shape(inputs, attributes), 'float32');
    const {rows, categories} = rowsOf(output);
    const [logits, out] = [offsetOf(backend, inputs.logits), offsetOf(backend, output)];
    exportsOf(backend).categoryMode(logits, out, rows, categories);
    return output;
  },
);
