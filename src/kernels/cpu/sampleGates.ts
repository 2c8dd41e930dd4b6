import {sampledCoefficients} from '../loops/sampledCoefficients.js';
import {sampleGates} from '../ops/sampleGates.js';
import {fillUniform} from '../pcg4d.js';
import {type CpuBackend, floatsOf, makeOutput} from './CpuBackend.js';

export const sampleGatesOnCpu = sampleGates.kernelOn<CpuBackend>(
  'cpu',
  ({logits}, {temperature, ...key}, backend) => {
    const [output, out] = makeOutput(backend, sampleGates.shape({logits}, {temperature, ...key}));
    const uniforms = fillUniform(new Float32Array(logits.shape[0]!), key);
    sampledCoefficients(floatsOf(backend, logits), uniforms, out, temperature);
    return output;
  },
);
