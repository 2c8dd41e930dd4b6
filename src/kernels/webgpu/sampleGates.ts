import {sampleGates} from '../ops/sampleGates.js';
import {GATE_WEIGHTS} from './gateWeights.js';
import {PCG4D} from './pcg4d.js';
import {f32, keyUniforms, runProgram} from './runProgram.js';
import type {WebGpuBackend} from './WebGpuBackend.js';

/** One invocation per unit. A gate's id holds its truth table, which gives its coefficients. */
export const sampleGatesOnWebGpu = sampleGates.kernelOn<WebGpuBackend>(
  'webgpu',
  ({logits}, {temperature, ...key}, backend) => {
    const units = logits.shape[0]!;
    const [output] = runProgram(backend, {
      name: 'SampleGates',
      inputs: {logits},
      uniforms: {...keyUniforms(key), temperature: f32(temperature)},
      outputs: {result: [units, 4]},
      invocations: units,
      declarations: GATE_WEIGHTS + PCG4D,
      main: `
        if (weigh(index).isUndefined) {
          for (var i = 0; i < 4; i++) { result[4 * index + i] = uniforms.NAN; }
          return;
        }
        for (var gate = 1; gate < 16; gate++) { weights[gate] += weights[gate - 1]; }
        let point = uniformAt(index) * weights[15];
        var sampled = 0;
        while (sampled < 15 && weights[sampled] <= point) { sampled++; }
        let at00 = f32((sampled >> 3u) & 1);
        let at01 = f32((sampled >> 2u) & 1);
        let at10 = f32((sampled >> 1u) & 1);
        let at11 = f32(sampled & 1);
        result[4 * index] = at00;
        result[4 * index + 1] = at10 - at00;
        result[4 * index + 2] = at01 - at00;
        result[4 * index + 3] = at11 - at10 - at01 + at00;`,
    });
    return output!;
  },
);
