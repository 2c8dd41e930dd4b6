import {Callback} from '@tensorflow/tfjs-layers';
import type {UnresolvedLogs} from '@tensorflow/tfjs-layers/dist/logs.js';
import {isObservable, type ObservableLayer, type UnitObserver} from '../layers/UnitObserver.js';
import {checkNames, chooseLayers} from './watchedLayers.js';

/** What a monitor gathers of one layer over an epoch. */
export interface EpochStatistic extends UnitObserver {
  /** Forgets what was gathered. */
  clear(): void;
}

/** Which layers a monitor watches. */
export interface UnitMonitorArgs {
  /** Names of layers. Left out: every layer of discrete units. */
  layers?: readonly string[];
}

/**
 * Watches layers of discrete units through an epoch and writes what it found into the epoch's logs, where
 * History, EarlyStopping, tfvis and TensorBoard see it.
 */
export abstract class UnitMonitor<G extends EpochStatistic> extends Callback {
  private watched: {layer: ObservableLayer; gathering: G; stop: () => void}[] = [];

  constructor(
    private readonly owner: string,
    private readonly names: readonly string[] | undefined,
  ) {
    super();
    checkNames(owner, names);
  }

  protected abstract gather(layer: ObservableLayer): G;
  protected abstract report(
    findings: {layer: ObservableLayer; gathering: G}[],
    logs: UnresolvedLogs,
  ): Promise<void>;

  override async onTrainBegin(): Promise<void> {
    this.stopWatching(); // training that threw never came to its end
    const layers = chooseLayers(this.owner, this.model, isObservable, this.names);
    this.watched = layers.map((layer) => {
      const gathering = this.gather(layer);
      return {layer, gathering, stop: layer.observe(gathering)};
    });
  }

  override async onEpochBegin(): Promise<void> {
    for (const {gathering} of this.watched) gathering.clear();
  }

  override async onEpochEnd(_epoch: number, logs: UnresolvedLogs = {}): Promise<void> {
    await this.report(this.watched, logs);
  }

  override async onTrainEnd(): Promise<void> {
    this.stopWatching();
  }

  private stopWatching(): void {
    for (const {stop, gathering} of this.watched) {
      stop();
      gathering.clear();
    }
    this.watched = [];
  }
}
