import {add, keep, sum, type Tensor, tidy} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {DiscreteLayer, LogicGateLayer} from 'tfjs-discrete';
import type {LayerActivity} from '../messages.js';

/** What is left of older batches at each reading. */
const MEMORY = 0.5;

/** Adds up what one layer reports while it trains; older batches fade. */
class Recorder {
  private readonly usage = new FadingMean();
  private readonly gradient = new FadingMean();
  private readonly stop: () => void;

  constructor(readonly layer: DiscreteLayer) {
    this.stop = layer.observe({
      sampled: (values) =>
        this.usage.add(
          tidy(() => sum(values, 0)),
          values.shape[0]!,
        ),
      gradient: (absoluteSums, rows) =>
        this.gradient.add(
          tidy(() => absoluteSums.clone()),
          rows,
        ),
    });
  }

  async read(): Promise<LayerActivity> {
    const {layer} = this;
    const isGates = layer instanceof LogicGateLayer;
    const [group] = isGates ? await layer.usage() : [];
    const gradient = await this.gradient.read();
    const mean = gradient.reduce((total, value) => total + value, 0) / gradient.length;
    return {
      name: layer.name,
      kind: layer.unit,
      units: gradient.length || (isGates ? layer.units : 0),
      categories: layer.categoriesPerGroup,
      usage: group === undefined ? await this.usage.read() : Float32Array.from(group),
      gradient: mean > 0 ? gradient.map((value) => value / mean) : gradient,
    };
  }

  dispose(): void {
    this.stop();
    this.usage.clear();
    this.gradient.clear();
  }
}

/** A mean over rows, in which each reading halves the weight of what came before. */
class FadingMean {
  private total: Tensor | undefined;
  private rows = 0;
  private sums = new Float32Array(0);
  private weight = 0;

  /** Takes `sums` over. */
  add(sums: Tensor, rows: number): void {
    const previous = this.total;
    this.total = tidy(() => keep(previous === undefined ? sums : add(previous, sums)));
    previous?.dispose();
    if (previous !== undefined) sums.dispose();
    this.rows += rows;
  }

  async read(): Promise<Float32Array> {
    const fresh = (await this.total?.data()) as Float32Array | undefined;
    if (fresh !== undefined) {
      const old = this.sums;
      this.sums = fresh.map((value, i) => MEMORY * (old[i] ?? 0) + value);
      this.weight = MEMORY * this.weight + this.rows;
    }
    this.total?.dispose();
    this.total = undefined;
    this.rows = 0;
    return this.sums.map((value) => value / this.weight);
  }

  clear(): void {
    this.total?.dispose();
    this.total = undefined;
  }
}

/** Records what all discrete layers of a model do in training. */
export class ActivityRecorder {
  private readonly recorders: readonly Recorder[];

  constructor(model: LayersModel) {
    this.recorders = model.layers
      .filter((layer) => layer instanceof DiscreteLayer)
      .map((layer) => new Recorder(layer));
  }

  read(): Promise<LayerActivity[]> {
    return Promise.all(this.recorders.map((recorder) => recorder.read()));
  }

  dispose(): void {
    for (const recorder of this.recorders) recorder.dispose();
  }
}
