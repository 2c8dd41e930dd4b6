import type {SymbolicTensor} from '@tensorflow/tfjs-layers';
import {initializers, layers as keras} from '@tensorflow/tfjs-layers';

/** How convolutions are initialized: He's uniform rule with biases of 0, or as PyTorch does. */
export const INITIALIZATIONS = ['he', 'pytorch'] as const;
export type Initialization = (typeof INITIALIZATIONS)[number];

/** What a convolutional autoencoder is built from. */
export interface ConvolutionalSettings {
  readonly channels: number;
  readonly filters: number;
  readonly learningRate: number;
  /** Default `he`. */
  readonly initialization?: Initialization;
}

/** Makes the layers of a convolutional autoencoder with residual connections; the same seed, the same weights. */
export class Convolutional {
  private share = 0;

  constructor(
    private readonly filters: number,
    private readonly seed: number,
    private readonly initialization: Initialization = 'he',
  ) {
    if (INITIALIZATIONS.includes(initialization)) return;
    throw new Error(
      `\`initialization\` must be one of ${INITIALIZATIONS.join(', ')}, got ${initialization}.`,
    );
  }

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
    const args = {filters, kernelSize, strides, activation, padding: 'same' as const};
    const inputs = x.shape.at(-1)!;
    return keras.conv2d({...args, ...this.weights(inputs * kernelSize ** 2)}).apply(x) as SymbolicTensor;
  }

  private enlarge(x: SymbolicTensor, filters: number, activation: 'relu' | 'sigmoid'): SymbolicTensor {
    const args = {filters, kernelSize: 4, strides: 2, activation, padding: 'same' as const};
    // PyTorch counts the inputs of a transposed convolution by its weight's second axis, which holds the outputs.
    return keras.conv2dTranspose({...args, ...this.weights(filters * 4 ** 2)}).apply(x) as SymbolicTensor;
  }

  /** @param inputs PyTorch's fan-in: how many inputs an output is a sum of. */
  private weights(inputs: number) {
    this.share++;
    const seed = 1000 * this.seed + this.share;
    if (this.initialization === 'he') return {kernelInitializer: initializers.heUniform({seed})};
    const within = (own: number) => {
      const limit = 1 / Math.sqrt(inputs); // kaiming_uniform_ with a = sqrt(5)
      return initializers.randomUniform({minval: -limit, maxval: limit, seed: own});
    };
    return {kernelInitializer: within(seed), biasInitializer: within(seed + 500)};
  }
}
