import {add, keep, mul, type Tensor, tidy} from '@tensorflow/tfjs-core';
import {Callback} from '@tensorflow/tfjs-layers';
import type {UnresolvedLogs} from '@tensorflow/tfjs-layers/dist/logs.js';
import {isObservable} from 'tfjs-discrete';

/** 11, 47 and 60 % are the shares of inactive units in arXiv:2410.13331: at which thresholds would we have them? */
const PERCENTS = [1, 5, 11, 25, 47, 50, 60, 75, 90, 99];

/** A layer's gradients, summed over an epoch. */
interface Sums {
  total?: Tensor;
  rows: number;
}

/**
 * Records how |dL/dlogit| of a sample is spread over the units: quantiles over all units of the mean over the epoch, in
 * `gradient/p<percent>`. Whatever the threshold, it can be read off which share of the units lies below.
 */
export class GradientQuantiles extends Callback {
  private readonly sums: Sums[] = [];
  private stops: (() => void)[] = [];

  override async onTrainBegin(): Promise<void> {
    this.stops = (this.model.layers as object[]).filter(isObservable).map((layer) => {
      const own: Sums = {rows: 0};
      this.sums.push(own);
      return layer.observe({
        gradient: (absoluteSums, rows, samples) => {
          const previous = own.total;
          // The gradient of a mean over samples, times the samples: that of a sample's own loss.
          const scaled = () => mul(absoluteSums, samples);
          own.total = tidy(() => keep(previous === undefined ? scaled() : add(previous, scaled())));
          previous?.dispose();
          own.rows += rows;
        },
      });
    });
  }

  override async onEpochEnd(_epoch: number, logs: UnresolvedLogs): Promise<void> {
    const means: number[] = [];
    for (const own of this.sums) {
      const {total, rows} = own;
      own.total = undefined;
      own.rows = 0;
      if (total === undefined) continue;
      for (const sum of await total.data()) means.push(sum / rows);
      total.dispose();
    }
    means.sort((a, b) => a - b);
    for (const percent of PERCENTS) {
      logs[`gradient/p${percent}`] = means[Math.floor((percent / 100) * means.length)]!;
    }
  }

  override async onTrainEnd(): Promise<void> {
    for (const stop of this.stops) stop();
    for (const {total} of this.sums.splice(0)) total?.dispose();
    this.stops = [];
  }
}
