import {Callback} from '@tensorflow/tfjs-layers';
import type {UnresolvedLogs} from '@tensorflow/tfjs-layers/dist/logs.js';
import {isObservable, type ObservableLayer, type UnitObserver} from '../layers/UnitObserver.js';
import {checkNames, chooseLayers} from './chooseLayers.js';
import {mustBeInstance} from './mustBeInstance.js';

/** What a monitor collects from one layer over an epoch. */
export interface EpochStatistic extends UnitObserver {
  /** Starts over. */
  clear(): void;
}

/** Which layers a monitor watches. */
export interface UnitMonitorArgs {
  /** Names of layers. Left out: every layer of discrete units. */
  layers?: readonly string[];
}

/**
 * Collects a statistic from each layer of discrete units over an epoch and writes it into the epoch's logs, where
 * History, EarlyStopping, tfvis and TensorBoard see it.
 */
export abstract class UnitMonitor<S extends EpochStatistic> extends Callback {
  private watched: {layer: ObservableLayer; statistic: S; stop: () => void}[] = [];

  constructor(
    private readonly owner: string,
    private readonly names: readonly string[] | undefined,
    private readonly accepts = isObservable,
    private readonly methods = 'a method `observe`',
  ) {
    super();
    checkNames(owner, names);
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
  }

  override async onEpochBegin(): Promise<void> {
    for (const {statistic} of this.watched) statistic.clear();
  }

  override async onEpochEnd(_epoch: number, logs: UnresolvedLogs = {}): Promise<void> {
    await this.writeLogs(this.watched, logs);
  }

  override async onTrainEnd(): Promise<void> {
    this.stopWatching();
  }

  private stopWatching(): void {
    for (const {stop, statistic} of this.watched) {
      stop();
      statistic.clear();
    }
    this.watched = [];
  }
}
