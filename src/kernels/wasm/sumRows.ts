import {offsetOf, type WasmBackend} from '../../wasm/heap.js';
import {sumRows} from '../ops/sumRows.js';
import {exportsOf} from './kernelModule.js';

/** Keeps every bit of a float. */
const ALL_BITS = -1;

export const sumRowsOnWasm = sumRows.kernelOn<WasmBackend>('wasm', ({x, onto}, attributes, backend) => {
  const output = backend.makeOutput(sumRows.shape({x, onto}, attributes), 'float32');
  exportsOf(backend).sumRows(
    offsetOf(backend, x),
    offsetOf(backend, output),
    x.shape[0]!,
    x.shape[1]!,
    ALL_BITS,
    onto === undefined ? 0 : offsetOf(backend, onto),
  );
  return output;
});
