import {Callback} from '@tensorflow/tfjs-layers';
import type {UnresolvedLogs} from '@tensorflow/tfjs-layers/dist/logs.js';
import {isObservable, type ObservableLayer, type UnitObserver} from '../layers/UnitObserver.js';
import {type BatchSelection, everyBatchesOf} from './BatchSelection.js';
import {checkNames, chooseLayers} from './chooseLayers.js';
import {mustBeInstance} from './mustBeInstance.js';

/** What a monitor collects from one layer over an epoch. */
export interface EpochStatistic extends UnitObserver {
  /** Starts over. */
  clear(): void;
}

/** Which layers a monitor watches, and when. */
export interface UnitMonitorArgs extends BatchSelection {
  /** Names of layers. Left out: every layer of discrete units. */
  layers?: readonly string[];
}

/**
 * Collects a statistic from each layer of discrete units over an epoch and writes it into the epoch's logs, where
 * History, EarlyStopping, tfvis and TensorBoard see it.
 */
export abstract class UnitMonitor<S extends EpochStatistic> extends Callback {
  private readonly names: readonly string[] | undefined;
  private readonly everyBatches: number;
  private watched: {layer: ObservableLayer; statistic: S; stop: () => void}[] = [];
  private isListening = false;

  constructor(
    private readonly owner: string,
    {layers, everyBatches}: UnitMonitorArgs,
    private readonly accepts = isObservable,
    private readonly methods = 'a method `observe`',
  ) {
    super();
    checkNames(owner, layers);
    this.names = layers;
    this.everyBatches = everyBatchesOf(owner, everyBatches);
  }

  protected abstract createStatistic(layer: ObservableLayer): S;
  protected abstract writeLogs(
    watched: {layer: ObservableLayer; statistic: S}[],
    logs: UnresolvedLogs,
  ): Promise<void>;

  override async onTrainBegin(): Promise<void> {
    mustBeInstance(this, UnitMonitor);
    this.stopWatching(); // training that threw never came to its end
    const layers = chooseLayers(this.owner, this.model, this.accepts, this.methods, this.names);
    if (layers.length === 0) {
      console.warn(
        `${this.owner}: \`layers\` of '${this.model.name}' hold no discrete units, so nothing is logged; leave it out. ` +
          `A layer of your own needs ${this.methods}.`,
      );
    }
    this.watched = layers.map((layer) => {
      const statistic = this.createStatistic(layer);
      return {layer, statistic, stop: layer.observe(statistic)};
    });
    this.isListening = true;
  }

  override async onEpochBegin(): Promise<void> {
    for (const {statistic} of this.watched) statistic.clear();
  }

  /** Layers that nobody listens to compute nothing for observers. */
  override async onBatchBegin(batch: number): Promise<void> {
    const listens = batch % this.everyBatches === 0;
    if (listens === this.isListening) return;
    this.isListening = listens;
    for (const one of this.watched) {
      if (listens) one.stop = one.layer.observe(one.statistic);
      else one.stop();
    }
  }

  override async onEpochEnd(_epoch: number, logs: UnresolvedLogs = {}): Promise<void> {
    await this.writeLogs(this.watched, logs);
  }

  override async onTrainEnd(): Promise<void> {
    this.stopWatching();
  }

  private stopWatching(): void {
    for (const {stop, statistic} of this.watched) {
      if (this.isListening) stop();
      statistic.clear();
    }
    this.watched = [];
  }
}
