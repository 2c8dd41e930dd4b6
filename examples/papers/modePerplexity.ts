import {add, dispose, keep, reshape, sum, type Tensor, tidy} from '@tensorflow/tfjs-core';
import {
  Callback,
  type LayersModel,
  model as modelOf,
  type Sequential,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import type {UnresolvedLogs} from '@tensorflow/tfjs-layers/dist/logs.js';
import type {DiscreteLayer} from 'tfjs-discrete';
import type {Batches} from '../mnist/data/batches.js';

/**
 * Perplexity of a layer's modes on validation images, in `val_perplexity/<layer>`. The monitors' perplexity counts samples of training,
 * which a high forward temperature spreads over categories that the encoder does not tell apart.
 */
export class ModePerplexity extends Callback {
  private readonly encoder: LayersModel;
  private readonly layer: DiscreteLayer;

  constructor(
    trained: LayersModel | Sequential,
    private readonly name: string,
    private readonly batches: Batches,
  ) {
    super();
    this.layer = trained.getLayer(name) as DiscreteLayer;
    this.encoder = modelOf({inputs: trained.inputs, outputs: this.layer.output as SymbolicTensor});
  }

  override async onEpochEnd(_epoch: number, logs: UnresolvedLogs): Promise<void> {
    const previous = this.layer.evaluation;
    let [sums, rows]: [Tensor | undefined, number] = [undefined, 0];
    try {
      this.layer.evaluation = 'mode';
      for await (const {xs, ys} of await this.batches.iterator()) {
        const before: Tensor | undefined = sums;
        sums = tidy(() => {
          const codes = this.encoder.predict(xs) as Tensor;
          const used = sum(reshape(codes, [-1, codes.shape.at(-1)!]), 0);
          rows += codes.size / used.size;
          return keep(before === undefined ? used : add(before, used));
        });
        dispose([xs, ys]);
        before?.dispose();
      }
    } finally {
      this.layer.evaluation = previous;
    }
    const counts = await this.layer.usage((await sums!.data()) as Float32Array, rows);
    sums!.dispose();
    logs[`val_perplexity/${this.name}`] = meanPerplexity(counts!);
  }
}

/** exp(entropy) of each group's counts, mean over groups. */
function meanPerplexity(groups: readonly (readonly number[])[]): number {
  const each = groups.map((counts) => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    const terms = counts
      .filter((count) => count > 0)
      .map((count) => (count / total) * Math.log(count / total));
    return Math.exp(-terms.reduce((sum, term) => sum + term, 0));
  });
  return each.reduce((sum, one) => sum + one, 0) / each.length;
}
