import type {WasmBackend} from '../../wasm/heap.js';
import {type GateGradient, gateGradientShape, logicGatesGradient} from '../ops/logicGatesGradient.js';
import {gateSizesOf, overRows, withWords} from './overRows.js';

export const logicGatesGradientOnWasm = logicGatesGradient.kernelOn<WasmBackend>(
  'wasm',
  (inputs, {gradientFactor, wanted}, backend) => {
    const sizes = gateSizesOf(backend, inputs.x, inputs.connections);
    const make = (gradient: GateGradient) =>
      backend.makeOutput(gateGradientShape(inputs, gradient), 'float32');
    const sums = make('sums'); // the routine always adds these up
    const dx = wanted.includes('dx') ? make('dx') : undefined;
    const absoluteSums = wanted.includes('absoluteSums') ? make('absoluteSums') : undefined;
    withWords(backend, sizes, [inputs.x], ([words]) =>
      overRows(backend, {
        name: 'gatesBackward',
        sizes,
        copies: dx === undefined ? 1 : 2,
        operands: {
          dy: {tensor: inputs.dy, role: 'rows'},
          x: {tensor: inputs.x, role: 'rows'},
          coefficients: {tensor: dx === undefined ? undefined : inputs.coefficients, role: 'whole'},
          connections: {tensor: inputs.connections, role: 'whole'},
          dx: {tensor: dx, role: 'rows', written: true},
          sums: {tensor: sums, role: 'sum', written: true},
          absoluteSums: {tensor: absoluteSums, role: 'sum', written: true},
        },
        args: (at, {scratch, rows, vectors}) => [
          at.dy,
          at.x,
          words!.at,
          Number(words!.isPacked),
          at.coefficients,
          at.connections,
          at.dx,
          at.sums,
          at.absoluteSums,
          scratch,
          rows,
          sizes.inputs,
          sizes.units,
          vectors,
          gradientFactor,
        ],
      }),
    );
    if (!wanted.includes('sums')) backend.disposeData(sums.dataId);
    const outputs = {dx, sums, absoluteSums};
    return wanted.map((gradient) => outputs[gradient]!);
  },
);
