import {Callback, type LayersModel, type Sequential} from '@tensorflow/tfjs-layers';
import type {UnresolvedLogs} from '@tensorflow/tfjs-layers/dist/logs.js';
import {DiscreteLayer} from 'tfjs-discrete';
import type {Batches} from '../mnist/data/batches.js';

/**
 * Validates once more with discrete units drawn as in training, into `val_drawn_loss`, for models whose one metric is
 * the loss. Validation itself takes the most likely choices, which training at a high forward temperature seldom sees.
 */
export class ValidateDrawn extends Callback {
  /** @param trained What is trained: callbacks are given an inner model, which lacks the loss. */
  constructor(
    private readonly trained: LayersModel | Sequential,
    private readonly test: Batches,
  ) {
    super();
  }

  override async onEpochEnd(_epoch: number, logs: UnresolvedLogs): Promise<void> {
    const layers = this.trained.layers.filter((layer) => layer instanceof DiscreteLayer);
    for (const layer of layers) layer.evaluation = 'sample';
    const loss = await this.trained.evaluateDataset(this.test as never, {});
    for (const layer of layers) layer.evaluation = 'mode';
    if (Array.isArray(loss)) throw new Error('ValidateDrawn: the model must have no metric but its loss.');
    logs.val_drawn_loss = (await loss.data())[0]!;
    loss.dispose();
  }
}
