import {type Tensor, tidy} from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-layers';
import {DiscreteLayer} from 'tfjs-discrete';
import type {Circuit} from 'tfjs-discrete/circuit';
import type {Reading, Reconstruction} from '../messages.js';
import {gatePath} from './gatePath.js';
import {imageTensor} from './imageTensor.js';
import {reconstruct, toBytes} from './TestScore.js';

/** Looks into a network: what each of its discrete layers says about an image. */
export class Inspector {
  private readonly layers: readonly DiscreteLayer[];
  /** The network with the values of its discrete layers as further outputs. */
  private readonly open: tf.LayersModel;

  constructor(
    model: tf.LayersModel,
    private readonly target: 'labels' | 'images',
  ) {
    this.layers = model.layers.filter((layer) => layer instanceof DiscreteLayer);
    const outputs = [...this.layers.map((layer) => layer.output), model.outputs[0]!];
    this.open = tf.model({inputs: model.inputs, outputs: outputs as tf.SymbolicTensor[]});
  }

  /** @param circuit For a network of gates: its circuit, not simplified. */
  read(pixels: Uint8Array, circuit: Circuit | undefined): Reading {
    const values = this.valuesOf(pixels);
    const output = values.at(-1)!;
    const scores = this.target === 'labels' ? Array.from(output) : [];
    return {
      scores,
      layers: this.layers.map(({name, unit, categoriesPerGroup}, i) => ({
        name,
        kind: unit,
        categories: categoriesPerGroup,
        values: Uint8Array.from(values[i]!, (value) => (value > 0.5 ? 1 : 0)),
      })),
      output: this.target === 'images' ? toBytes(output) : undefined,
      path: circuit && gatePath(circuit, pixels),
    };
  }

  /** What an autoencoder makes of images. */
  reconstruct(pixels: Uint8Array): readonly Reconstruction[] {
    const outputsOf = (images: Uint8Array) => {
      const values = this.valuesOf(images);
      return {output: values.at(-1)!, code: values[0]!};
    };
    return reconstruct(outputsOf, this.layers[0]!.categoriesPerGroup, pixels);
  }

  private valuesOf(pixels: Uint8Array): readonly Float32Array[] {
    return tidy(() => {
      const outputs = this.open.predict(imageTensor(pixels)) as Tensor[];
      return outputs.map((tensor) => tensor.dataSync() as Float32Array);
    });
  }
}
