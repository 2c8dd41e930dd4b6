import type {WasmBackend} from '../../wasm/heap.js';
import {logicGates} from '../ops/logicGates.js';
import {gateSizesOf, overRows, withWords} from './overRows.js';

export const logicGatesOnWasm = logicGates.kernelOn<WasmBackend>('wasm', (inputs, attributes, backend) => {
  const sizes = gateSizesOf(backend, inputs.x, inputs.connections);
  const output = backend.makeOutput(logicGates.shape(inputs, attributes), 'float32');
  withWords(backend, sizes, [inputs.x, output], ([words, yWords]) =>
    overRows(backend, {
      name: 'gates',
      sizes,
      copies: 1,
      operands: {
        x: {tensor: inputs.x, role: 'rows'},
        coefficients: {tensor: inputs.coefficients, role: 'whole'},
        connections: {tensor: inputs.connections, role: 'whole'},
        y: {tensor: output, role: 'rows', written: true},
      },
      args: ({x, coefficients, connections, y}, {scratch, rows, vectors}) => [
        x,
        words!.at,
        Number(words!.isPacked),
        coefficients,
        connections,
        y,
        yWords!.at,
        scratch,
        rows,
        sizes.inputs,
        sizes.units,
        vectors,
      ],
    }),
  );
  return output;
});
