import {offsetOf, type WasmBackend} from '../../wasm/heap.js';
import {sampleCategory} from '../ops/sampleCategory.js';
import {scrambleKey} from '../pcg4d.js';
import {exportsOf} from './kernelModule.js';
import {rowsOf} from './rowsOf.js';

export const sampleCategoryOnWasm = sampleCategory.kernelOn<WasmBackend>(
  'wasm',
  (inputs, attributes, backend) => {
    const {seed, stream, step} = scrambleKey(attributes);
    const output = backend.makeOutput(sampleCategory.shape(inputs, attributes), 'float32');
    const {rows, categories} = rowsOf(output);
    exportsOf(backend).sampleCategory(
      offsetOf(backend, inputs.logits),
      offsetOf(backend, output),
      rows,
      categories,
      attributes.temperature,
      seed,
      stream,
      step,
    );
    return output;
  },
);
