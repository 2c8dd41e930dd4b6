import {gateLogitsGradients} from '../loops/gateLogitsGradients.js';
import {watchedGateLogitsGradient} from '../ops/watchedGateLogitsGradient.js';
import {type CpuBackend, floatsOf, makeOutput} from './CpuBackend.js';

export const watchedGateLogitsGradientOnCpu = watchedGateLogitsGradient.kernelOn<CpuBackend>(
  'cpu',
  (inputs, {temperature}, backend) => {
    const shapes = watchedGateLogitsGradient.shape(inputs, {temperature});
    const [[dlogits, out], [reached, magnitude]] = shapes.map((shape) => makeOutput(backend, shape)) as [
      ReturnType<typeof makeOutput>,
      ReturnType<typeof makeOutput>,
    ];
    const absoluteSums = floatsOf(backend, inputs.absoluteSums);
    const [sums, logits] = [floatsOf(backend, inputs.sums), floatsOf(backend, inputs.logits)];
    gateLogitsGradients(sums, logits, out, temperature, {absoluteSums, magnitude});
    return [dlogits, reached];
  },
);
