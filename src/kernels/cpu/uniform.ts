import {uniform} from '../ops/uniform.js';
import {fillUniform} from '../pcg4d.js';
import {type CpuBackend, makeOutput} from './CpuBackend.js';

export const uniformOnCpu = uniform.kernelOn<CpuBackend>('cpu', (_, {shape, ...key}, backend) => {
  const [output, values] = makeOutput(backend, shape);
  fillUniform(values, key);
  return output;
});
