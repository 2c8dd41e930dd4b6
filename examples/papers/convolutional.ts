import type {SymbolicTensor} from '@tensorflow/tfjs-layers';
import {initializers, layers as keras} from '@tensorflow/tfjs-layers';

/** Makes the layers of a convolutional autoencoder with residual connections; the same seed, the same weights. */
export class Convolutional {
  private share = 0;

  constructor(
    private readonly filters: number,
    private readonly seed: number,
  ) {}

  /** `[32, 32, channels]` to `[8, 8, depth]`. */
  encode(image: SymbolicTensor, depth: number): SymbolicTensor {
    let x = this.conv(image, this.filters, 4, 2, 'relu');
    x = this.conv(x, this.filters, 4, 2, 'relu');
    x = this.residual(this.residual(x));
    return this.conv(x, depth, 1, 1, 'linear');
  }

  /** `[8, 8, depth]` to `[32, 32, channels]`, 0 to 1. */
  decode(code: SymbolicTensor, channels: number): SymbolicTensor {
    let x = this.conv(code, this.filters, 3, 1, 'relu');
    x = this.residual(this.residual(x));
    x = this.enlarge(x, this.filters, 'relu');
    return this.enlarge(x, channels, 'sigmoid');
  }

  private residual(x: SymbolicTensor): SymbolicTensor {
    const inner = this.conv(this.conv(x, this.filters, 3, 1, 'relu'), this.filters, 1, 1, 'linear');
    const sum = keras.add().apply([x, inner]) as SymbolicTensor;
    return keras.activation({activation: 'relu'}).apply(sum) as SymbolicTensor;
  }

  private conv(
    x: SymbolicTensor,
    filters: number,
    kernelSize: number,
    strides: number,
    activation: 'relu' | 'linear',
  ): SymbolicTensor {
    const args = {filters, kernelSize, strides, activation, padding: 'same' as const, ...this.start()};
    return keras.conv2d(args).apply(x) as SymbolicTensor;
  }

  private enlarge(x: SymbolicTensor, filters: number, activation: 'relu' | 'sigmoid'): SymbolicTensor {
    const args = {filters, kernelSize: 4, strides: 2, activation, padding: 'same' as const, ...this.start()};
    return keras.conv2dTranspose(args).apply(x) as SymbolicTensor;
  }

  private start() {
    this.share++;
    return {kernelInitializer: initializers.heUniform({seed: 1000 * this.seed + this.share})};
  }
}
