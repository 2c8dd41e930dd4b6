import {Callback} from '@tensorflow/tfjs-layers';
import type {Container} from '@tensorflow/tfjs-layers/dist/engine/container.js';
import type {UnresolvedLogs} from '@tensorflow/tfjs-layers/dist/logs.js';
import {checkOptions} from '../functional/checkOptions.js';
import {DeadUnits, type DeadUnitsArgs} from './DeadUnits.js';
import {GradientNorm, type GradientNormArgs} from './GradientNorm.js';
import {mustBeInstance} from './mustBeInstance.js';
import {Perplexity, type PerplexityArgs} from './Perplexity.js';

/** Arguments of `callbacks.monitors`. */
export type MonitorsArgs = DeadUnitsArgs & GradientNormArgs;

/**
 * The three monitors at once: dead units, perplexity and gradient norm. It may also be spread into an array.
 * @example
 * await model.fit(x, y, {callbacks: [...new Monitors({layers: ['bits']})]});
 */
export class Monitors extends Callback implements Iterable<Callback> {
  /** What counts as a dead unit, in words. */
  readonly criterion: string;
  private readonly parts: readonly Callback[];

  constructor(args: MonitorsArgs = {}) {
    super();
    checkOptions('Monitors', args, ['relative', 'threshold', 'per', 'perLayer', 'layers', 'everyBatches']);
    const {perLayer, relative, threshold, per, layers, everyBatches} = args;
    const deadUnits = new DeadUnits({relative, threshold, per, layers, everyBatches} as DeadUnitsArgs);
    this.criterion = deadUnits.criterion;
    this.parts = [
      deadUnits,
      new Perplexity({layers, everyBatches} as PerplexityArgs),
      new GradientNorm({perLayer, everyBatches} as GradientNormArgs),
    ];
  }

  [Symbol.iterator](): Iterator<Callback> {
    return this.parts[Symbol.iterator]();
  }

  override setModel(model: Container): void {
    super.setModel(model);
    for (const part of this.parts) part.setModel(model);
  }

  override async onTrainBegin(logs?: UnresolvedLogs): Promise<void> {
    mustBeInstance(this, Monitors);
    for (const part of this.parts) await part.onTrainBegin(logs);
  }

  override async onEpochBegin(epoch: number, logs?: UnresolvedLogs): Promise<void> {
    for (const part of this.parts) await part.onEpochBegin(epoch, logs);
  }

  override async onBatchBegin(batch: number, logs?: UnresolvedLogs): Promise<void> {
    for (const part of this.parts) await part.onBatchBegin(batch, logs);
  }

  override async onEpochEnd(epoch: number, logs?: UnresolvedLogs): Promise<void> {
    for (const part of this.parts) await part.onEpochEnd(epoch, logs);
  }

  override async onTrainEnd(logs?: UnresolvedLogs): Promise<void> {
    for (const part of this.parts) await part.onTrainEnd(logs);
  }
}
