import type {Tensor, TensorInfo} from '@tensorflow/tfjs-core';
import {floatsOf, offsetOf, type WasmBackend} from './heap.js';
import {routinesOf} from './routines.js';
import type {Call, TrainingKernel} from './trainingKernel.js';

interface Inputs {
  readonly value: Tensor;
  readonly gradient: Tensor;
  readonly first: Tensor;
  readonly second: Tensor;
  readonly average?: Tensor;
  readonly gradientScale?: Tensor;
}

interface Attributes {
  readonly beta1: number;
  readonly beta2: number;
  readonly clipValue: number;
  readonly l2: number;
  readonly decay: number;
  readonly rootScale: number;
  readonly epsilon: number;
  readonly stepSize: number;
  readonly ema: number;
}

/**
 * The step of this package's optimizers in one pass over each variable, instead of about fifteen kernels.
 *
 * Moments and averages are updated in place unless their memory is shared. Variables always move to new memory, since the
 * backend keeps packed copies of weights and identifies them by their memory.
 */
export const adamStep: TrainingKernel = {
  kernelName: 'DiscreteAdamStep',
  speedsUp: true,
  make: () => (call) => run(call as unknown as Call<Inputs, Attributes>),
};

function run({backend, inputs, attrs}: Call<Inputs, Attributes>): TensorInfo[] {
  const {value, gradient, first, second, average, gradientScale} = inputs;
  const newValue = backend.makeOutput(value.shape, 'float32');
  const newFirst = inPlaceOrNew(backend, first);
  const newSecond = inPlaceOrNew(backend, second);
  const newAverage = average && inPlaceOrNew(backend, average);
  const scale = gradientScale === undefined ? 1 : floatsOf(backend, gradientScale)[0]!;
  const at = (info: TensorInfo | undefined) => (info === undefined ? 0 : offsetOf(backend, info));
  routinesOf(backend).exports!.adamStep(
    value.size,
    at(value),
    at(first),
    at(second),
    at(average),
    at(gradient),
    at(newValue),
    at(newFirst),
    at(newSecond),
    at(newAverage),
    scale,
    attrs.clipValue,
    attrs.l2,
    attrs.decay,
    attrs.beta1,
    1 - attrs.beta1,
    attrs.beta2,
    1 - attrs.beta2,
    attrs.rootScale,
    attrs.epsilon,
    attrs.stepSize,
    attrs.ema,
    1 - attrs.ema,
  );
  return [newValue, newFirst, newSecond, ...(newAverage ? [newAverage] : [])];
}

function inPlaceOrNew(backend: WasmBackend, {dataId, shape, dtype}: Tensor): TensorInfo {
  if (backend.refCount(dataId) > 1) return backend.makeOutput(shape, dtype);
  backend.incRef(dataId); // for the output, which the caller disposes
  return {dataId, shape, dtype};
}
