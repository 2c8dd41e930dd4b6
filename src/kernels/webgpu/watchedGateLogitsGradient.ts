import {watchedGateLogitsGradient} from '../ops/watchedGateLogitsGradient.js';
import {GATE_LOGITS_GRADIENT} from './gateLogitsGradient.js';
import {f32, runProgram} from './runProgram.js';
import type {WebGpuBackend} from './WebGpuBackend.js';

export const watchedGateLogitsGradientOnWebGpu = watchedGateLogitsGradient.kernelOn<WebGpuBackend>(
  'webgpu',
  ({sums, absoluteSums, logits}, {temperature}, backend) => {
    const units = logits.shape[0]!;
    return runProgram(backend, {
      name: 'WatchedGateLogitsGradient',
      inputs: {sums, absoluteSums, logits},
      uniforms: {temperature: f32(temperature)},
      outputs: {result: logits.shape, magnitude: [units]},
      invocations: units,
      declarations: GATE_LOGITS_GRADIENT,
      main: `
        writeGradient(index);
        let reached = rowsOf(
          absoluteSums[4 * index],
          absoluteSums[4 * index + 1],
          absoluteSums[4 * index + 2],
          absoluteSums[4 * index + 3],
        );
        magnitude[index] = 0.125 * dot(reached, ones * zeros) / uniforms.temperature;`,
    });
  },
);
