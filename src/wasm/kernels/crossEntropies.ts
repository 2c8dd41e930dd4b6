import {type TensorInfo, util} from '@tensorflow/tfjs-core';
import {floatsOf, offsetOf, type WasmBackend, withScratch} from '../heap.js';
import {routinesOf} from '../routines.js';
import type {Call, TrainingKernel} from '../trainingKernel.js';

/** `outputs` and `labels` have one shape, `[...rows, columns]`. */
interface Inputs {
  readonly outputs: TensorInfo;
  readonly labels: TensorInfo;
}

interface GradientInputs extends Inputs {
  /** The gradient of the cross-entropies, `[...rows]`. */
  readonly dy: TensorInfo;
}

/** The limits to which predictions are clipped. */
interface Limits {
  readonly low: number;
  readonly high: number;
}

function kernel<K extends Inputs>(
  kernelName: string,
  run: (call: Call<K, Limits>) => TensorInfo | TensorInfo[],
): TrainingKernel {
  return {kernelName, speedsUp: true, make: () => (call) => run(call as unknown as Call<K, Limits>)};
}

function sizes({shape}: TensorInfo) {
  const columns = shape.at(-1)!;
  return {rows: util.sizeFromShape(shape) / columns, columns, outer: shape.slice(0, -1)};
}

const routinesFor = (backend: WasmBackend) => routinesOf(backend).exports!;

/** The means of each row's binary cross-entropies, and `exp(-|logit|)` of the predictions, for the gradient. */
export const binaryCrossEntropy = kernel(
  'DiscreteBinaryCrossEntropy',
  ({backend, inputs: {outputs, labels}, attrs: {low, high}}) => {
    const {rows, columns, outer} = sizes(outputs);
    const means = backend.makeOutput(outer, 'float32');
    const exponentials = backend.makeOutput(outputs.shape, 'float32');
    const routines = routinesFor(backend);
    const n = rows * columns;
    withScratch(backend, n, (entropies) => {
      const [p, z] = [offsetOf(backend, outputs), offsetOf(backend, labels)];
      routines.binaryCrossEntropies(p, z, n, low, high, entropies, offsetOf(backend, exponentials));
      routines.sumAxis(entropies, rows, columns, 1, offsetOf(backend, means));
    });
    const values = floatsOf(backend, means);
    for (let row = 0; row < rows; row++) values[row]! /= columns;
    return [means, exponentials];
  },
);

/** The gradient of `binaryCrossEntropy` for the predictions. */
export const binaryCrossEntropyGradient = kernel<GradientInputs & {readonly exponentials: TensorInfo}>(
  'DiscreteBinaryCrossEntropyGradient',
  ({backend, inputs: {outputs, labels, dy, exponentials}, attrs: {low, high}}) => {
    const {rows, columns} = sizes(outputs);
    const to = backend.makeOutput(outputs.shape, 'float32');
    const [p, z, e, g, d] = [outputs, labels, exponentials, dy, to].map((each) =>
      offsetOf(backend, each),
    ) as [number, number, number, number, number];
    routinesFor(backend).binaryCrossEntropyGradient(p, z, e, g, rows, columns, low, high, d);
    return to;
  },
);

/** The cross-entropy of each row of outputs, which are divided by their sum. */
export const categoricalCrossEntropy = kernel(
  'DiscreteCategoricalCrossEntropy',
  ({backend, inputs: {outputs, labels}, attrs: {low, high}}) => {
    const {rows, columns, outer} = sizes(outputs);
    const to = backend.makeOutput(outer, 'float32');
    withScratch(backend, rows * columns, (scratch) => {
      const [o, t] = [offsetOf(backend, outputs), offsetOf(backend, labels)];
      const h = offsetOf(backend, to);
      routinesFor(backend).categoricalCrossEntropies(o, t, rows, columns, low, high, scratch, h);
    });
    return to;
  },
);

/** The gradient of `categoricalCrossEntropy` for the outputs. */
export const categoricalCrossEntropyGradient = kernel<GradientInputs>(
  'DiscreteCategoricalCrossEntropyGradient',
  ({backend, inputs: {outputs, labels, dy}, attrs: {low, high}}) => {
    const {rows, columns} = sizes(outputs);
    const to = backend.makeOutput(outputs.shape, 'float32');
    withScratch(backend, columns, (scratch) => {
      const [o, t, g] = [offsetOf(backend, outputs), offsetOf(backend, labels), offsetOf(backend, dy)];
      const d = offsetOf(backend, to);
      routinesFor(backend).categoricalCrossEntropyGradient(o, t, g, rows, columns, low, high, scratch, d);
    });
    return to;
  },
);
