import {sampleGates} from '../ops/sampleGates.js';
import {GATE_WEIGHTS} from './gateWeights.js';
import {PCG4D} from './pcg4d.js';
import {float, keyUniforms, runProgram} from './runProgram.js';
import type {WebGlBackend} from './WebGlBackend.js';

/** Every coefficient samples its unit's gate by itself. A gate's id holds its truth table, which gives its coefficients. */
export const sampleGatesOnWebGl = sampleGates.kernelOn<WebGlBackend>(
  'webgl',
  ({logits}, {temperature, ...key}, backend) =>
    runProgram(backend, {
      inputs: {logits},
      uniforms: {...keyUniforms(key), temperature: float(temperature)},
      shape: [logits.shape[0]!, 4],
      declarations: GATE_WEIGHTS + PCG4D,
      main: `
        int unit = index / 4;
        if (weigh(unit).isUndefined) { return NAN; }
        for (int gate = 1; gate < 16; gate++) { weights[gate] += weights[gate - 1]; }
        float point = uniformAt(unit) * weights[15];
        int sampled = 0;
        while (sampled < 15 && weights[sampled] <= point) { sampled++; }
        int at00 = sampled >> 3 & 1;
        int at01 = sampled >> 2 & 1;
        int at10 = sampled >> 1 & 1;
        int at11 = sampled & 1;
        int coefficient = index % 4;
        if (coefficient == 0) { return float(at00); }
        if (coefficient == 1) { return float(at10 - at00); }
        if (coefficient == 2) { return float(at01 - at00); }
        return float(at11 - at10 - at01 + at00);`,
    }),
);
