import {sigmoidJacobianProduct} from '../ops/sigmoidJacobianProduct.js';
import {EXP} from './exp.js';
import {float, runProgram} from './runProgram.js';
import type {WebGlBackend} from './WebGlBackend.js';

/** dy e / ((1 + e)^2 t) with e = exp(-|logit / t|). */
export const sigmoidJacobianProductOnWebGl = sigmoidJacobianProduct.kernelOn<WebGlBackend>(
  'webgl',
  ({dy, logits}, {temperature}, backend) =>
    runProgram(backend, {
      inputs: {dy, logits},
      uniforms: {temperature: float(temperature)},
      shape: logits.shape,
      declarations: EXP,
      main: `
        float e = expOf(-abs(getLogits(index) / temperature));
        float sum = 1.0 + e;
        return getDy(index) * (e / (sum * sum * temperature));`,
    }),
);
