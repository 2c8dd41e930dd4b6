import type {TensorInfo} from '@tensorflow/tfjs-core';
import {tfjsAdamStep} from '../ops/tfjsAdamStep.js';
import {float, runProgram} from './runProgram.js';
import type {WebGlBackend} from './WebGlBackend.js';

/** A program for each output. */
export const tfjsAdamStepOnWebGl = tfjsAdamStep.kernelOn<WebGlBackend>(
  'webgl',
  ({value, gradient, first, second, powers}, {beta1, beta2, epsilon, learningRate}, backend) => {
    const moment = (previous: TensorInfo, beta: number, term: string) =>
      runProgram(backend, {
        inputs: {previous, gradient},
        uniforms: {beta: float(beta), oneMinusBeta: float(1 - beta)},
        shape: previous.shape,
        main: `
          float g = getGradient(index);
          return getPrevious(index) * beta + ${term} * oneMinusBeta;`,
      });
    const newFirst = moment(first, beta1, 'g');
    const newSecond = moment(second, beta2, '(g * g)');
    const newValue = runProgram(backend, {
      inputs: {value, newFirst, newSecond, powers},
      uniforms: {epsilon: float(epsilon), minusRate: float(-learningRate)},
      shape: value.shape,
      main: `
        float root = sqrt(getNewSecond(index) / (1.0 - getPowers(1))) + epsilon;
        return getNewFirst(index) / (1.0 - getPowers(0)) / root * minusRate + getValue(index);`,
    });
    return [newValue, newFirst, newSecond];
  },
);
