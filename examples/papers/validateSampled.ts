import {dispose} from '@tensorflow/tfjs-core';
import {Callback, type LayersModel, type Sequential} from '@tensorflow/tfjs-layers';
import type {UnresolvedLogs} from '@tensorflow/tfjs-layers/dist/logs.js';
import {DiscreteLayer} from 'tfjs-discrete';
import type {Batches} from '../mnist/data/batches.js';

/**
 * Validates once more with discrete units sampled as in training, into `val_sampled_loss`. Validation
 * itself uses their modes, which training at a high forward temperature seldom sees.
 */
export class ValidateSampled extends Callback {
  /** @param trained What is trained: callbacks are given an inner model, which lacks the loss. */
  constructor(
    private readonly trained: LayersModel | Sequential,
    private readonly test: Batches,
  ) {
    super();
  }

  override async onEpochEnd(_epoch: number, logs: UnresolvedLogs): Promise<void> {
    const layers = this.trained.layers.filter((layer) => layer instanceof DiscreteLayer);
    const previous = layers.map(({evaluation}) => evaluation);
    try {
      for (const layer of layers) layer.evaluation = 'sample';
      const [loss] = await this.evaluate();
      logs.val_sampled_loss = loss!;
    } finally {
      layers.forEach((layer, i) => {
        layer.evaluation = previous[i]!;
      });
    }
  }

  /** The loss, and after it whatever metrics there are. */
  private async evaluate(): Promise<number[]> {
    const found = await this.trained.evaluateDataset(this.test as never, {});
    const scalars = Array.isArray(found) ? found : [found];
    const values = await Promise.all(scalars.map(async (scalar) => (await scalar.data())[0]!));
    dispose(scalars);
    return values;
  }
}
