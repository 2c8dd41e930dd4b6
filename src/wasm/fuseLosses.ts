import {
  backend,
  cast,
  customGrad,
  engine,
  getBackend,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
  util,
} from '@tensorflow/tfjs-core';
import {LayersModel} from '@tensorflow/tfjs-layers';
import {
  binaryCrossEntropy,
  binaryCrossEntropyGradient,
  categoricalCrossEntropy,
  categoricalCrossEntropyGradient,
} from './kernels/crossEntropies.js';

type Loss = (labels: Tensor, outputs: Tensor) => Tensor;

/** The part of a compiled LayersModel that this uses. */
interface Compiled {
  /** As it was passed to `compile`. */
  readonly loss: unknown;
  readonly outputNames: readonly string[];
  lossFunctions: readonly Loss[];
  makeTrainFunction(): (data: Tensor[]) => unknown;
}

type Run = (outputs: Tensor, labels: Tensor) => Tensor;

/** By the names of tfjs-layers. */
const FUSED: Readonly<Record<string, Run>> = {
  binaryCrossentropy: (outputs, labels) =>
    withGradient(outputs, (save) => {
      const [means, exponentials] = run(binaryCrossEntropy.kernelName, {outputs, labels}) as [Tensor, Tensor];
      save([outputs, labels, exponentials]);
      return {
        value: means,
        gradient: binaryCrossEntropyGradient.kernelName,
        saved: ['outputs', 'labels', 'exponentials'],
      };
    }),
  categoricalCrossentropy: (outputs, labels) =>
    withGradient(outputs, (save) => {
      const value = run(categoricalCrossEntropy.kernelName, {outputs, labels}) as Tensor;
      save([outputs, labels]);
      return {value, gradient: categoricalCrossEntropyGradient.kernelName, saved: ['outputs', 'labels']};
    }),
};

/**
 * Computes the two cross-entropies of tfjs-layers in training with one kernel each, and one for the gradient, where tfjs-layers
 * runs about twenty and thirty. Values and gradients stay the same, to the last bit.
 *
 * @returns A function that undoes this, or undefined if tfjs-layers trains in another way.
 */
export function fuseLosses(): (() => void) | undefined {
  const prototype = LayersModel.prototype as unknown as Compiled;
  const {makeTrainFunction} = prototype;
  if (typeof makeTrainFunction !== 'function') return undefined;
  let isActive = true;
  const fusing = function (this: Compiled): (data: Tensor[]) => unknown {
    const train = makeTrainFunction.call(this);
    return (data) => {
      if (!isActive) return train(data); // undone while the model trains
      const {lossFunctions} = this;
      this.lossFunctions = lossFunctions.map((loss, i) => fused(nameOf(this, i), loss));
      try {
        return train(data);
      } finally {
        this.lossFunctions = lossFunctions;
      }
    };
  };
  prototype.makeTrainFunction = fusing;
  return () => {
    isActive = false;
    if (prototype.makeTrainFunction === fusing) prototype.makeTrainFunction = makeTrainFunction;
  };
}

/** What the loss of an output was called, if it was a name. */
function nameOf({loss, outputNames}: Compiled, output: number): unknown {
  if (typeof loss !== 'object' || loss === null) return loss;
  return Array.isArray(loss) ? loss[output] : (loss as Record<string, unknown>)[outputNames[output]!];
}

function fused(name: unknown, loss: Loss): Loss {
  const fast = typeof name === 'string' && Object.hasOwn(FUSED, name) ? FUSED[name] : undefined;
  if (fast === undefined) return loss;
  return (labels, outputs) =>
    serves(labels, outputs)
      ? fast(outputs, labels.dtype === 'float32' ? labels : cast(labels, 'float32'))
      : loss(labels, outputs);
}

function serves(labels: Tensor, outputs: Tensor): boolean {
  const areReal = labels.dtype !== 'string' && labels.dtype !== 'complex64' && outputs.dtype === 'float32';
  const isPlain = areReal && outputs.rank > 1 && outputs.size > 0;
  return isPlain && getBackend() === 'wasm' && util.arraysEqual(labels.shape, outputs.shape);
}

interface Forward {
  readonly value: Tensor;
  readonly gradient: string;
  /** Names of the saved tensors as inputs of the gradient. */
  readonly saved: readonly string[];
}

function withGradient(outputs: Tensor, forward: (save: (tensors: Tensor[]) => void) => Forward): Tensor {
  return customGrad((...args) => {
    const {value, gradient, saved} = forward(args[1] as unknown as (tensors: Tensor[]) => void);
    const gradFunc = (dy: Tensor, tensors: Tensor[]) =>
      run(gradient, {dy, ...Object.fromEntries(saved.map((name, i) => [name, tensors[i]!]))}) as Tensor;
    return {value, gradFunc};
  })(outputs);
}

function run(kernelName: string, inputs: NamedTensorMap): Tensor | Tensor[] {
  const epsilon = backend().epsilon();
  const limits = {low: epsilon, high: 1 - epsilon} as unknown as NamedAttrMap;
  return engine().runKernel(kernelName, inputs, limits) as Tensor | Tensor[];
}
