import {gateLogitsGradients} from '../loops/gateLogitsGradients.js';
import {gateLogitsGradient} from '../ops/gateLogitsGradient.js';
import {type CpuBackend, floatsOf, makeOutput} from './CpuBackend.js';

export const gateLogitsGradientOnCpu = gateLogitsGradient.kernelOn<CpuBackend>(
  'cpu',
  ({sums, logits}, {temperature}, backend) => {
    const [output, out] = makeOutput(backend, gateLogitsGradient.shape({sums, logits}, {temperature}));
    gateLogitsGradients(floatsOf(backend, sums), floatsOf(backend, logits), out, temperature);
    return output;
  },
);
