import type {TensorInfo} from '@tensorflow/tfjs-core';
import {adamStep} from '../ops/adamStep.js';
import {BITS} from './bits.js';
import {float, runProgram} from './runProgram.js';
import type {WebGlBackend} from './WebGlBackend.js';

/** A program for each output: the moments, the value, and the average where one is kept. */
export const adamStepOnWebGl = adamStep.kernelOn<WebGlBackend>(
  'webgl',
  ({value, gradient, first, second, average, gradientScale}, step, backend) => {
    const moment = (previous: TensorInfo, beta: number, term: string) =>
      runProgram(backend, {
        inputs: {previous, value, gradient, ...(gradientScale && {gradientScale})},
        uniforms: {
          beta: float(beta),
          oneMinusBeta: float(1 - beta),
          clipValue: float(step.clipValue),
          l2: float(step.l2),
        },
        shape: previous.shape,
        declarations: BITS,
        main: `
          float g = getGradient(index)${gradientScale === undefined ? '' : ' * getGradientScale(0)'};
          if (clipValue > 0.0 && !isNaNByBits(g)) { g = clamp(g, -clipValue, clipValue); }
          g += l2 * getValue(index);
          return beta * getPrevious(index) + oneMinusBeta * ${term};`,
      });
    const newFirst = moment(first, step.beta1, 'g');
    const newSecond = moment(second, step.beta2, '(g * g)');
    const newValue = runProgram(backend, {
      inputs: {value, newFirst, newSecond},
      uniforms: {
        decay: float(step.decay),
        rootScale: float(step.rootScale),
        epsilon: float(step.epsilon),
        stepSize: float(step.stepSize),
      },
      shape: value.shape,
      main: `
        float root = rootScale * sqrt(getNewSecond(index)) + epsilon;
        return decay * getValue(index) - stepSize * getNewFirst(index) / root;`,
    });
    if (average === undefined) return [newValue, newFirst, newSecond];
    const newAverage = runProgram(backend, {
      inputs: {average, newValue},
      uniforms: {ema: float(step.ema), oneMinusEma: float(1 - step.ema)},
      shape: average.shape,
      main: 'return ema * getAverage(index) + oneMinusEma * getNewValue(index);',
    });
    return [newValue, newFirst, newSecond, newAverage];
  },
);
