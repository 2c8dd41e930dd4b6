import {checkedGateSizes} from '../GateSizes.js';
import {inputGradient} from '../loops/inputGradient.js';
import {productSums} from '../loops/productSums.js';
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
