import {grad, type Tensor, tensor} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {fillUniform} from '../../src/functional/random.js';
import type {Layer} from './subjects.js';

/** Evenly distributed numbers that follow from a seed. */
export function uniformTensor(shape: number[], from: number, to: number, seed: number): Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  const u = fillUniform(new Float32Array(size), {seed, stream: 1, step: 0});
  return tensor(
    u.map((value) => from + (to - from) * value),
    shape,
  );
}

/** The tensor's numbers; the tensor is gone afterwards. */
export function numbersOf(x: Tensor): number[] {
  const numbers = [...x.dataSync()];
  x.dispose();
  return numbers;
}

/** Copies of all weights. */
export function weightsOf(model: LayersModel): number[][] {
  return model.getWeights().map((weight) => [...weight.dataSync()]);
}

/** What `predict` answers. */
export function predictions(model: LayersModel, x: Tensor): number[] {
  return numbersOf(model.predict(x) as Tensor);
}

/** One row, `rows` times. */
export function repeatedRow(row: number[], rows: number): Tensor {
  return tensor(Array.from({length: rows}, () => row));
}

/** dL/dx of a layer for a given dL/dy. */
export function inputGradient(layer: Layer, x: Tensor, dy: Tensor, training: boolean): number[] {
  return numbersOf(grad((input) => layer.apply(input, {training}) as Tensor)(x, dy));
}
