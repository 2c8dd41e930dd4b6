import {add, type NamedTensorMap, stack, type Tensor, type Variable} from '@tensorflow/tfjs-core';
import {Callback} from '@tensorflow/tfjs-layers';
import type {UnresolvedLogs} from '@tensorflow/tfjs-layers/dist/logs.js';
import {checkOptions} from '../functional/checkOptions.js';
import {globalNorm} from '../functional/reductions.js';
import {invalid} from '../functional/validate.js';
import {everyLayer} from '../layers/everyLayer.js';
import {Accumulator} from './Accumulator.js';
import {type BatchSelection, everyBatchesOf} from './BatchSelection.js';
import {tapGradients} from './gradientTap.js';
import {mustBeInstance} from './mustBeInstance.js';

/** Arguments of `callbacks.gradientNorm`. */
export interface GradientNormArgs extends BatchSelection {
  /** Whether to log each layer's norm, too. Default false. */
  perLayer?: boolean;
}

/**
 * L2 norm of all trainable gradients, mean over the epoch's watched batches.
 *
 * Writes `gradientNorm` and, with `perLayer`, `gradientNorm/<layer>`, each the mean of that layer's own norm.
 *
 * @throws If an option is unknown, `perLayer` is not a boolean, or `everyBatches` is not a whole number >= 1.
 * @see Shah et al., arXiv:2410.13331, figure 6(b).
 * @example
 * await model.fit(x, y, {callbacks: [new GradientNorm()]});
 */
export class GradientNorm extends Callback {
  private readonly perLayer: boolean;
  private readonly everyBatches: number;
  private isListening = true;
  private readonly norms = new Accumulator();
  private batches = 0;
  private layerNames: string[] = [];
  private readonly layerOf = new Map<string, string>();
  private stop: (() => void) | undefined;

  constructor(args: GradientNormArgs = {}) {
    super();
    checkOptions('GradientNorm', args, ['perLayer', 'everyBatches']);
    const {perLayer = false, everyBatches} = args;
    if (typeof perLayer !== 'boolean') throw invalid('GradientNorm', 'perLayer', 'true or false', perLayer);
    this.perLayer = perLayer;
    this.everyBatches = everyBatchesOf('GradientNorm', everyBatches);
  }

  override async onTrainBegin(): Promise<void> {
    mustBeInstance(this, GradientNorm);
    this.stop?.(); // training that threw never came to its end
    this.clear();
    this.layerOf.clear();
    for (const layer of this.perLayer ? everyLayer(this.model) : []) {
      for (const weight of layer.trainableWeights) {
        this.layerOf.set((weight.read() as Variable).name, layer.name);
      }
    }
    this.layerNames = [...new Set(this.layerOf.values())];
    this.isListening = true;
    this.stop = tapGradients(this.model.optimizer, (gradients) => {
      if (!this.isListening) return;
      this.norms.accumulate((previous) => this.normsOf(gradients, previous));
      this.batches++;
    });
  }

  override async onEpochBegin(): Promise<void> {
    this.clear();
  }

  override async onBatchBegin(batch: number): Promise<void> {
    this.isListening = batch % this.everyBatches === 0;
  }

  override async onEpochEnd(_epoch: number, logs: UnresolvedLogs = {}): Promise<void> {
    const totals = await this.norms.read();
    if (totals === undefined) return;
    ['gradientNorm', ...this.layerNames.map((name) => `gradientNorm/${name}`)].forEach((key, i) => {
      logs[key] = totals[i]! / this.batches;
    });
  }

  override async onTrainEnd(): Promise<void> {
    this.stop?.();
    this.stop = undefined;
    this.clear();
  }

  /** The norm of all gradients, then that of each layer's, plus the previous sums: `[1 + layers]`, a scalar without layers. */
  private normsOf(gradients: NamedTensorMap, previous: Tensor | undefined): Tensor {
    if (this.layerNames.length === 0) return globalNorm(Object.values(gradients), previous);
    const ofLayers = this.layerNames.map((layer) =>
      globalNorm(
        Object.keys(gradients).flatMap((name) => (this.layerOf.get(name) === layer ? gradients[name]! : [])),
      ),
    );
    const norms = stack([globalNorm(Object.values(gradients)), ...ofLayers]);
    return previous === undefined ? norms : add(previous, norms);
  }

  private clear(): void {
    this.norms.clear();
    this.batches = 0;
  }
}
