import {checkedGateSizes} from '../GateSizes.js';
import {evaluateGates} from '../loops/evaluateGates.js';
import {logicGates} from '../ops/logicGates.js';
import {type CpuBackend, floatsOf, integersOf, makeOutput} from './CpuBackend.js';

export const logicGatesOnCpu = logicGates.kernelOn<CpuBackend>('cpu', (inputs, attributes, backend) => {
  const connections = integersOf(backend, inputs.connections);
  const sizes = checkedGateSizes(inputs.x, inputs.connections, connections);
  const [output, y] = makeOutput(backend, logicGates.shape(inputs, attributes));
  const [x, coefficients] = [floatsOf(backend, inputs.x), floatsOf(backend, inputs.coefficients)];
  evaluateGates(x, coefficients, connections, y, sizes);
  return output;
});
