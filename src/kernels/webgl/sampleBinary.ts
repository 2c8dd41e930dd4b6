import {sampleBinary} from '../ops/sampleBinary.js';
import {EXP} from './exp.js';
import {PCG4D} from './pcg4d.js';
import {float, keyUniforms, runProgram} from './runProgram.js';
import type {WebGlBackend} from './WebGlBackend.js';

export const sampleBinaryOnWebGl = sampleBinary.kernelOn<WebGlBackend>(
  'webgl',
  ({logits}, {temperature, ...key}, backend) =>
    runProgram(backend, {
      inputs: {logits},
      uniforms: {...keyUniforms(key), temperature: float(temperature)},
      shape: logits.shape,
      declarations: EXP + PCG4D,
      main: `
        float x = getLogits(index) / temperature;
        if (isNaNByBits(x)) { return NAN; }
        float e = expOf(-abs(x));
        return uniformAt(index) * (1.0 + e) < (x < 0.0 ? e : 1.0) ? 1.0 : 0.0;`,
    }),
);
