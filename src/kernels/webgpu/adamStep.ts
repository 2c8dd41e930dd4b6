import {util} from '@tensorflow/tfjs-core';
import {adamStep} from '../ops/adamStep.js';
import {f32, runProgram} from './runProgram.js';
import type {WebGpuBackend} from './WebGpuBackend.js';

/** One dispatch per variable, and a second where an average is kept: a shader reads and writes 8 buffers at most. */
export const adamStepOnWebGpu = adamStep.kernelOn<WebGpuBackend>(
  'webgpu',
  ({value, gradient, first, second, average, gradientScale}, step, backend) => {
    const invocations = util.sizeFromShape(value.shape);
    const moved = runProgram(backend, {
      name: gradientScale === undefined ? 'AdamStep' : 'AdamStepScaled',
      inputs: {value, gradient, first, second, ...(gradientScale && {gradientScale})},
      uniforms: {
        beta1: f32(step.beta1),
        oneMinusBeta1: f32(1 - step.beta1),
        beta2: f32(step.beta2),
        oneMinusBeta2: f32(1 - step.beta2),
        clipValue: f32(step.clipValue),
        l2: f32(step.l2),
        decay: f32(step.decay),
        rootScale: f32(step.rootScale),
        epsilon: f32(step.epsilon),
        stepSize: f32(step.stepSize),
      },
      outputs: {result: value.shape, newFirst: first.shape, newSecond: second.shape},
      invocations,
      main: `
        var g = gradient[index]${gradientScale === undefined ? '' : ' * gradientScale[0]'};
        if (uniforms.clipValue > 0.0 && !isnan(g)) { g = clamp(g, -uniforms.clipValue, uniforms.clipValue); }
        g += uniforms.l2 * value[index];
        let m = uniforms.beta1 * first[index] + uniforms.oneMinusBeta1 * g;
        let v = uniforms.beta2 * second[index] + uniforms.oneMinusBeta2 * (g * g);
        newFirst[index] = m;
        newSecond[index] = v;
        let root = uniforms.rootScale * sqrt(v) + uniforms.epsilon;
        result[index] = uniforms.decay * value[index] - uniforms.stepSize * m / root;`,
    });
    if (average === undefined) return moved;
    const [newAverage] = runProgram(backend, {
      name: 'MovingAverage',
      inputs: {average, value: moved[0]!},
      uniforms: {ema: f32(step.ema), oneMinusEma: f32(1 - step.ema)},
      outputs: {result: average.shape},
      invocations,
      main: `
        result[index] = uniforms.ema * average[index] + uniforms.oneMinusEma * value[index];`,
    });
    return [...moved, newAverage!];
  },
);
