import {offsetOf, type WasmBackend} from '../../wasm/heap.js';
import {sumAbsoluteRows} from '../ops/sumAbsoluteRows.js';
import {exportsOf} from './kernelModule.js';

/** Keeps the bits of a float but its sign. */
const WITHOUT_SIGN = 0x7fffffff;

export const sumAbsoluteRowsOnWasm = sumAbsoluteRows.kernelOn<WasmBackend>(
  'wasm',
  ({x}, attributes, backend) => {
    const output = backend.makeOutput(sumAbsoluteRows.shape({x}, attributes), 'float32');
    const [from, to] = [offsetOf(backend, x), offsetOf(backend, output)];
    exportsOf(backend).sumRows(from, to, x.shape[0]!, x.shape[1]!, WITHOUT_SIGN, 0);
    return output;
  },
);
