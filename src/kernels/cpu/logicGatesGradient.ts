import {checkedGateSizes, type GateSizes} from '../GateSizes.js';
import {type GateGradient, gateGradientShape, logicGatesGradient} from '../ops/logicGatesGradient.js';
import {type CpuBackend, floatsOf, integersOf, makeOutput} from './CpuBackend.js';

export const logicGatesGradientOnCpu = logicGatesGradient.kernelOn<CpuBackend>(
  'cpu',
  (inputs, {gradientFactor, wanted}, backend) => {
    const connections = integersOf(backend, inputs.connections);
    const sizes = checkedGateSizes(inputs.x, inputs.connections, connections);
    const [dy, x] = [floatsOf(backend, inputs.dy), floatsOf(backend, inputs.x)];
    const coefficients = floatsOf(backend, inputs.coefficients);
    const write: Record<GateGradient, (out: Float32Array) => void> = {
      dx: (dx) => inputGradient(dy, x, coefficients, connections, dx, gradientFactor, sizes),
      sums: (sums) => productSums(dy, x, connections, sums, sizes),
      absoluteSums: (sums) => productSums(dy.map(Math.abs), x, connections, sums, sizes),
    };
    return wanted.map((gradient) => {
      const [output, out] = makeOutput(backend, gateGradientShape(inputs, gradient));
      write[gradient](out);
      return output;
    });
  },
);

/** Writes dL/dx, `[rows, inputs]`, times `factor`. */
export function inputGradient(
  dy: Float32Array,
  x: Float32Array,
  coefficients: Float32Array,
  connections: Int32Array,
  dx: Float32Array,
  factor: number,
  {rows, inputs, units}: GateSizes,
): void {
  dx.fill(0);
  for (let row = 0, i = 0; row < rows; row++) {
    const from = row * inputs;
    for (let unit = 0; unit < units; unit++) {
      const toA = from + connections[2 * unit]!;
      const toB = from + connections[2 * unit + 1]!;
      const gradient = dy[i++]! * factor;
      const c = 4 * unit;
      const mixed = coefficients[c + 3]!;
      dx[toA]! += gradient * (coefficients[c + 1]! + mixed * x[toB]!);
      dx[toB]! += gradient * (coefficients[c + 2]! + mixed * x[toA]!);
    }
  }
}

/** Writes the sums over rows of dy, dy a, dy b and dy ab, `[units, 4]`. */
export function productSums(
  dy: Float32Array,
  x: Float32Array,
  connections: Int32Array,
  sums: Float32Array,
  {rows, inputs, units}: GateSizes,
): void {
  sums.fill(0);
  for (let row = 0, i = 0; row < rows; row++) {
    const from = row * inputs;
    for (let unit = 0; unit < units; unit++) {
      const gradient = dy[i++]!;
      const a = x[from + connections[2 * unit]!]!;
      const b = x[from + connections[2 * unit + 1]!]!;
      const c = 4 * unit;
      sums[c]! += gradient;
      sums[c + 1]! += gradient * a;
      sums[c + 2]! += gradient * b;
      sums[c + 3]! += gradient * a * b;
    }
  }
}
