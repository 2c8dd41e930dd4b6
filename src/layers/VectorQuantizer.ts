import {
  argMax,
  matMul,
  mul,
  reshape,
  type serialization,
  square,
  sub,
  sum,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import {initializers, layers} from '@tensorflow/tfjs-layers';
import type {Initializer, InitializerIdentifier} from '@tensorflow/tfjs-layers/dist/initializers.js';
import type {Shape} from '@tensorflow/tfjs-layers/dist/keras_format/common.js';
import type {LayerVariable} from '@tensorflow/tfjs-layers/dist/variables.js';
import {checkReal} from '../functional/asFloat32.js';
import {invalid, wholeNumber} from '../functional/validate.js';
import {DiscreteLayer, type DiscreteLayerArgs} from './DiscreteLayer.js';
import {hashText} from './hashText.js';
import {onlyInput, onlyShape} from './onlyInput.js';

/** Arguments of `layers.vectorQuantizer`. */
export interface VectorQuantizerArgs extends DiscreteLayerArgs {
  /** Number of vectors in the codebook. */
  codes: number;
  /**
   * Where the codebook starts, as for a dense layer's kernel. Left out: truncated normal with variance 1 / dim, from
   * the layer's seed, so that codes have a length of about 1 and temperature 1 leaves some doubt between them.
   */
  codebookInitializer?: Initializer | InitializerIdentifier | serialization.ConfigDict | null;
}

const OPTIONS = ['codes', 'codebookInitializer'] as const satisfies readonly (keyof VectorQuantizerArgs)[];

/**
 * Vector quantization: each vector becomes one of a codebook, sampled by distance at the forward temperature; gradients use
 * the backward temperature.
 *
 * Input: vectors, `[batch, ..., dim]`. Output: the same shape. With logits l_k = -|x - e_k|^2, in training
 * z ~ Categorical(softmax(l / tf)) forward and J(tb)^T dz backward; the output is the chosen e_k. The gradient reaches
 * both x and the codebook through the distances, and the codebook as the output besides, so neither a commitment loss
 * nor a moving average is needed. In evaluation the nearest vector, or a sample with `evaluation: 'sample'`. Default
 * temperatures: 2 forward and 0.5 backward; single-temperature estimators start at 1. Weight:
 * `codebook` `[codes, dim]`. A call takes memory for a few tensors of one number per vector and code.
 *
 * @throws when an argument is out of range.
 * @see Shah et al., arXiv:2410.13331, section 6, which leaves this as future work; van den Oord et al., "Neural Discrete
 *   Representation Learning", arXiv:1711.00937.
 * @example
 * const layer = layers.vectorQuantizer({codes: 512});
 * layer.computeOutputShape([null, 8, 8, 16]); // the input's shape
 */
export class VectorQuantizer extends DiscreteLayer {
  /** @nocollapse */
  static readonly className = 'VectorQuantizer';
  override readonly unit = 'categorical';
  /** Number of vectors in the codebook. */
  readonly codes: number;
  private readonly codebookInitializer: Initializer | undefined;
  private codebook: LayerVariable | undefined;

  constructor(args: VectorQuantizerArgs = {} as VectorQuantizerArgs) {
    super(args, 'categorical', OPTIONS);
    const owner = this.getClassName();
    this.codes = wholeNumber(owner, 'codes', args.codes, 1);
    this.codebookInitializer =
      args.codebookInitializer == null ? undefined : toInitializer(owner, args.codebookInitializer);
    this.supportsMasking = true;
  }

  /** The number of codes. */
  override get categoriesPerGroup(): number {
    return this.codes;
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = onlyShape(this.getClassName(), inputShape);
    if (shape.length < 2) throw invalid(this.getClassName(), 'inputs', 'of shape [batch, ..., dim]', shape);
    const dim = wholeNumber(this.getClassName(), 'dim', shape.at(-1), 1);
    const start = this.codebookInitializer ?? this.seededInitializer();
    this.codebook = this.addWeight('codebook', [this.codes, dim], 'float32', start);
    super.build(inputShape);
  }

  protected override initializeAgain(): void {
    if (this.codebookInitializer !== undefined) return;
    const codebook = this.codebook!;
    tidy(() => {
      codebook.write(this.seededInitializer().apply(codebook.shape as number[], 'float32'));
    });
  }

  override computeOutputShape(inputShape: Shape): Shape {
    return inputShape;
  }

  override call(inputs: Tensor | Tensor[], kwargs?: {training?: boolean}): Tensor {
    this.settle();
    return tidy(() => {
      const x = onlyInput(this.getClassName(), inputs);
      const z = this.sampleUnits(this.logits(x), kwargs?.training === true);
      return reshape(matMul(reshape(z, [-1, this.codes]), this.codebook!.read()), x.shape);
    });
  }

  /**
   * The index of the vector that is nearest to each of `x`, `[batch, ...]`, `int32`; the caller disposes it.
   *
   * @throws If `x` is not a tensor `[batch, ..., dim]`, or the layer has no codebook yet.
   */
  nearestCodes(x: Tensor): Tensor {
    const owner = `${this.getClassName()}.nearestCodes`;
    checkReal(owner, 'x', x);
    if (this.codebook === undefined) {
      throw new Error(
        `${owner}: layer '${this.name}' has no codebook yet; put it into a model, or apply it, first.`,
      );
    }
    const dim = this.codebook.shape[1];
    if (x.shape.at(-1) !== dim) throw invalid(owner, 'x', `of shape [batch, ..., ${dim}]`, x.shape);
    this.settle();
    return tidy(() => argMax(this.logits(x), -1));
  }

  override getConfig(): serialization.ConfigDict {
    const start = this.codebookInitializer;
    return {
      ...super.getConfig(),
      codes: this.codes,
      codebookInitializer:
        start === undefined ? null : {className: start.getClassName(), config: start.getConfig()},
    };
  }

  /** 2 x e_k - |e_k|^2, `[batch, ..., codes]`: -|x - e_k|^2 but for |x|^2, the same for all codes. */
  private logits(x: Tensor): Tensor {
    const codebook = this.codebook!.read();
    const products = matMul(reshape(mul(x, 2), [-1, x.shape.at(-1)!]), codebook, false, true);
    return reshape(sub(products, sum(square(codebook), 1)), [...x.shape.slice(0, -1), this.codes]);
  }

  private seededInitializer(): Initializer {
    const seed = hashText(`${this.initializationText('codebook')} ${this.seeds.initial}`) | 1; // 0 would mean no seed
    return initializers.varianceScaling({scale: 1, mode: 'fanOut', distribution: 'normal', seed});
  }
}

/** TF.js keeps its look-up of initializers to itself, but a dense layer makes use of it. */
function toInitializer(owner: string, initializer: unknown): Initializer {
  try {
    const probe = layers.dense({units: 1, name: '__probe', kernelInitializer: initializer as never});
    return (probe as unknown as {kernelInitializer: Initializer}).kernelInitializer;
  } catch {
    throw invalid(owner, 'codebookInitializer', 'an initializer or the name of one', initializer);
  }
}
