import {sampleBits} from '../loops/sampleBits.js';
import {sampleBinary} from '../ops/sampleBinary.js';
import {fillUniform} from '../pcg4d.js';
import {type CpuBackend, floatsOf, makeOutput} from './CpuBackend.js';

export const sampleBinaryOnCpu = sampleBinary.kernelOn<CpuBackend>(
  'cpu',
  ({logits}, {temperature, ...key}, backend) => {
    const [output, out] = makeOutput(backend, sampleBinary.shape({logits}, {temperature, ...key}));
    fillUniform(out, key);
    sampleBits(floatsOf(backend, logits), out, temperature);
    return output;
  },
);
