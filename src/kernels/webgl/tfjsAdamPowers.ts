import type {TensorInfo} from '@tensorflow/tfjs-core';
import {tfjsAdamPowers} from '../ops/tfjsAdamPowers.js';
import {float, runProgram} from './runProgram.js';
import type {WebGlBackend} from './WebGlBackend.js';

export const tfjsAdamPowersOnWebGl = tfjsAdamPowers.kernelOn<WebGlBackend>(
  'webgl',
  ({accBeta1, accBeta2}, {beta1, beta2}, backend) => {
    const next = (power: TensorInfo, beta: number) =>
      runProgram(backend, {
        inputs: {power},
        uniforms: {beta: float(beta)},
        shape: [],
        main: 'return getPower(0) * beta;',
      });
    const powers = runProgram(backend, {
      inputs: {accBeta1, accBeta2},
      shape: [2],
      main: 'return index == 0 ? getAccBeta1(0) : getAccBeta2(0);',
    });
    return [powers, next(accBeta1, beta1), next(accBeta2, beta2)];
  },
);
