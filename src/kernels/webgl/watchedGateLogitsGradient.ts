import {watchedGateLogitsGradient} from '../ops/watchedGateLogitsGradient.js';
import {GATE_PROBABILITIES, logitsGradient} from './gateLogitsGradient.js';
import {float, runProgram} from './runProgram.js';
import type {WebGlBackend} from './WebGlBackend.js';

export const watchedGateLogitsGradientOnWebGl = watchedGateLogitsGradient.kernelOn<WebGlBackend>(
  'webgl',
  ({sums, absoluteSums, logits}, {temperature}, backend) => [
    logitsGradient(backend, sums, logits, temperature),
    runProgram(backend, {
      inputs: {absoluteSums, logits},
      uniforms: {temperature: float(temperature)},
      shape: [logits.shape[0]!],
      declarations: GATE_PROBABILITIES,
      main: `
        if (isUndefinedAt(index)) { return NAN; }
        int c = 4 * index;
        vec4 reached = rowsOf(
          vec4(getAbsoluteSums(c), getAbsoluteSums(c + 1), getAbsoluteSums(c + 2), getAbsoluteSums(c + 3)));
        return 0.125 * dot(reached, ones * zeros) / temperature;`,
    }),
  ],
);
