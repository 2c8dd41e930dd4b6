import {dispose} from '@tensorflow/tfjs-core';
import {Callback, type LayersModel, type Sequential} from '@tensorflow/tfjs-layers';
import type {UnresolvedLogs} from '@tensorflow/tfjs-layers/dist/logs.js';
import {DiscreteLayer, type Evaluation} from 'tfjs-discrete';
import type {Batches} from '../mnist/data/batches.js';

/** What is evaluated, and under which keys it is logged. */
export interface EvaluateOnArgs {
  readonly batches: Batches;
  /** `test` writes `test_loss`, `test_acc` and so on. */
  readonly prefix: string;
  /** How discrete layers evaluate meanwhile; left out: as they are set. */
  readonly evaluation?: Evaluation;
}

/**
 * Evaluates the model after each epoch. Validation itself uses the modes of discrete units, which training at a high forward
 * temperature seldom sees; `evaluation: 'sample'` samples them as in training.
 */
export class EvaluateOn extends Callback {
  /** @param trained What is trained: callbacks are given an inner model, which lacks the loss. */
  constructor(
    private readonly trained: LayersModel | Sequential,
    private readonly args: EvaluateOnArgs,
  ) {
    super();
  }

  override async onEpochEnd(_epoch: number, logs: UnresolvedLogs): Promise<void> {
    const {prefix, evaluation} = this.args;
    const layers = this.trained.layers.filter((layer) => layer instanceof DiscreteLayer);
    const previous = layers.map((layer) => layer.evaluation);
    try {
      for (const layer of layers) layer.evaluation = evaluation ?? layer.evaluation;
      const values = await this.evaluate();
      const {metricsNames} = (this.trained as {model?: LayersModel}).model ?? (this.trained as LayersModel);
      metricsNames.forEach((name, i) => {
        logs[`${prefix}_${name}`] = values[i]!;
      });
    } finally {
      layers.forEach((layer, i) => {
        layer.evaluation = previous[i]!;
      });
    }
  }

  /** The loss, and after it whatever metrics there are. */
  private async evaluate(): Promise<number[]> {
    const found = await this.trained.evaluateDataset(this.args.batches as never, {});
    const scalars = Array.isArray(found) ? found : [found];
    const values = await Promise.all(scalars.map(async (scalar) => (await scalar.data())[0]!));
    dispose(scalars);
    return values;
  }
}
