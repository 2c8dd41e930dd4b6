import {
  add,
  argMax,
  cast,
  customGrad,
  div,
  expandDims,
  gather,
  less,
  matMul,
  mul,
  oneHot,
  reshape,
  scalar,
  serialization,
  square,
  sub,
  sum,
  type Tensor,
  tensor1d,
  tidy,
  where,
} from '@tensorflow/tfjs-core';
import {initializers, layers} from '@tensorflow/tfjs-layers';
import type {LayerVariable} from '@tensorflow/tfjs-layers/dist/variables.js';
import type {ObservableLayer, UnitObserver, UsageCounts} from 'tfjs-discrete';
import {permutation} from '../mnist/data/permutation.js';

/** Arguments of `VqVae`. */
export interface VqVaeArgs {
  readonly name?: string;
  readonly codes: number;
  readonly seed: number;
  /** Weight of the commitment loss, mean |x - e|² per entry. */
  readonly commitment?: number;
  /** Of the moving averages that the codebook is made of. */
  readonly decay?: number;
  /** A code used less than this share of what a code is used on average starts again at a vector of the batch. */
  readonly restartBelow?: number;
}

/**
 * The usual vector quantizer, as a baseline (van den Oord et al., arXiv:1711.00937, section 3 and appendix A.1).
 *
 * Forward: the nearest code e of the codebook. Backward: the gradient is copied, and that of the commitment loss is added:
 * dL/dx = dL/de + 2 commitment (x - e) / entries. In training the codebook follows moving averages of the vectors that chose it, and
 * codes that hardly any vector chooses start again at vectors of the batch.
 */
export class VqVae extends layers.Layer implements ObservableLayer {
  static readonly className = 'PapersVqVae';
  private readonly args: Required<Omit<VqVaeArgs, 'name'>>;
  private readonly observers = new Set<UnitObserver>();
  private codebook!: LayerVariable;
  private counts!: LayerVariable;
  private sums!: LayerVariable;
  private steps!: LayerVariable;

  constructor({codes, seed, commitment = 0.25, decay = 0.99, restartBelow = 0.05, ...rest}: VqVaeArgs) {
    super(rest);
    this.args = {codes, seed, commitment, decay, restartBelow};
  }

  override build(inputShape: number[]): void {
    const {codes, seed} = this.args;
    const dim = inputShape.at(-1)!;
    const start = initializers.randomNormal({mean: 0, stddev: 1 / Math.sqrt(dim), seed: seed + 1});
    const zeros = initializers.zeros();
    const add = (name: string, shape: number[], initializer = zeros) =>
      this.addWeight(name, shape, 'float32', initializer, undefined, false);
    this.codebook = add('codebook', [codes, dim], start);
    this.counts = add('counts', [codes]);
    this.sums = add('sums', [codes, dim]);
    this.steps = add('steps', []);
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: number[]): number[] {
    return inputShape;
  }

  observe(observer: UnitObserver): () => void {
    this.observers.add(observer);
    return () => void this.observers.delete(observer);
  }

  async usage(sums: Float32Array | undefined): Promise<UsageCounts | undefined> {
    return sums && [Array.from(sums)];
  }

  override call(inputs: Tensor | Tensor[], kwargs?: {training?: boolean}): Tensor {
    return tidy(() => {
      const x = Array.isArray(inputs) ? inputs[0]! : inputs;
      const vectors = reshape(x, [-1, x.shape.at(-1)!]);
      const codebook = this.codebook.read();
      const closeness = sub(matMul(mul(vectors, 2), codebook, false, true), sum(square(codebook), 1));
      const chosen = cast(oneHot(argMax(closeness, 1), this.args.codes), 'float32');
      const nearest = reshape(matMul(chosen, codebook), x.shape);
      if (kwargs?.training === true) {
        for (const observer of this.observers) observer.sampled?.(chosen);
        this.follow(vectors, chosen);
      }
      return this.copyGradient(x, nearest);
    });
  }

  override getConfig(): serialization.ConfigDict {
    return {...super.getConfig(), ...this.args};
  }

  private copyGradient(x: Tensor, nearest: Tensor): Tensor {
    const scale = (2 * this.args.commitment) / x.size;
    return customGrad((input, save) => {
      (save as (tensors: Tensor[]) => void)([input as Tensor, nearest]);
      const gradFunc = (dy: Tensor, [from, to]: Tensor[]) => add(dy, mul(sub(from!, to!), scale));
      return {value: nearest.clone(), gradFunc};
    })(x);
  }

  /** Moves the codebook towards the vectors that chose its codes. */
  private follow(vectors: Tensor, chosen: Tensor): void {
    const {codes, decay, restartBelow, seed} = this.args;
    const rows = vectors.shape[0]!;
    const average = (previous: Tensor, now: Tensor) => add(mul(previous, decay), mul(now, 1 - decay));
    const counts = average(this.counts.read(), sum(chosen, 0));
    const sums = average(this.sums.read(), matMul(chosen, vectors, true));

    const usual = rows / codes;
    const dead = less(counts, restartBelow * usual);
    const step = this.steps.read().dataSync()[0]!;
    const order = permutation(rows, seed, step);
    const some = tensor1d(
      Int32Array.from({length: codes}, (_, i) => order[i % rows]!),
      'int32',
    );
    const restarted = where(dead, usual, counts);
    const moved = where(expandDims(dead, 1), mul(gather(vectors, some), usual), sums);
    this.counts.write(restarted);
    this.sums.write(moved);
    this.codebook.write(div(moved, expandDims(restarted, 1)));
    this.steps.write(scalar(step + 1));
  }
}
serialization.registerClass(VqVae as never); // so that an interrupted run loads again
