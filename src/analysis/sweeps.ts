import type {Tensor} from '@tensorflow/tfjs-core';
import type {LayersModel, Sequential} from '@tensorflow/tfjs-layers';
import {DeadUnits, type DeadUnitsArgs} from '../callbacks/DeadUnits.js';
import {GradientNorm} from '../callbacks/GradientNorm.js';
import {checkOptions} from '../functional/checkOptions.js';
import type {TemperatureArgs} from '../functional/index.js';
import {invalid, wholeNumber} from '../functional/validate.js';
import {everyLayer} from '../layers/everyLayer.js';
import {isSchedulable} from '../layers/SchedulableLayer.js';
import {
  checkBatch,
  compiledModel,
  EPOCH_OPTIONS,
  type EpochWithoutLearningArgs,
  epochWithoutLearning,
  lossGradients,
  watchWithoutLearning,
} from './epochWithoutLearning.js';
import {rows} from './rows.js';
import {type SignalToNoise, signalToNoise} from './signalToNoise.js';

/** What counts as dead: a threshold or a fraction of the layer's mean, as for `callbacks.deadUnits`. */
export type DeadCriterion = Pick<DeadUnitsArgs, 'threshold' | 'relative' | 'per'>;

/** Gradient statistics at one backward temperature, for one criterion, whose fields it has, too. */
export interface BackwardPoint extends DeadCriterion {
  /** The backward temperature of this point. */
  readonly backwardTemperature: number;
  /** L2 norm of all gradients, mean over batches. */
  readonly gradientNorm: number;
  /** Percent. */
  readonly deadUnits: number;
  /** Percent of units that receive gradients: 100 - deadUnits. */
  readonly activeUnits: number;
}

/** Arguments of `sweepBackward`. */
export interface SweepBackwardArgs extends Pick<EpochWithoutLearningArgs, 'batchSize' | 'layers'> {
  /** Mean per-sample |dl/dlogit| below which a unit counts as dead; several are applied to the same samples. Default 1e-3 without `criteria`. */
  threshold?: number | readonly number[];
  /** Further criteria for the same samples: fractions of the layer's mean, or thresholds per sample and unit. */
  criteria?: readonly DeadCriterion[];
}

/**
 * Gradient norm and share of active units over the backward temperature, with fixed weights.
 *
 * @param x Samples first. @param y Targets, alike.
 * @returns One point per temperature and criterion, thresholds first; the layers' own temperatures are restored.
 * @throws If an option is unknown, the model is not compiled or has no layer to watch or to set, no criterion is given, or a temperature or criterion is out of range.
 * @see Shah et al., arXiv:2410.13331, figure 6(b).
 * @example
 * const points = await sweepBackward(model, x, y, [0.1, 0.5, 1], {threshold: 1e-3});
 * points.map(({gradientNorm}) => gradientNorm);
 */
export async function sweepBackward(
  model: LayersModel | Sequential,
  x: Tensor,
  y: Tensor,
  temperatures: readonly number[],
  args: SweepBackwardArgs = {},
): Promise<BackwardPoint[]> {
  checkOptions('sweepBackward', args, ['threshold', 'criteria', 'batchSize', 'layers']);
  const {criteria = [], threshold = criteria.length === 0 ? 1e-3 : [], batchSize, layers} = args;
  const thresholds = typeof threshold === 'number' ? [threshold] : threshold;
  if (!Array.isArray(thresholds))
    throw invalid('sweepBackward', 'threshold', 'a number, or several', threshold);
  const all = [...thresholds.map((one): DeadCriterion => ({threshold: one})), ...criteria];
  if (all.length === 0) throw invalid('sweepBackward', 'threshold', 'a number, or several', threshold);
  const counters = all.map((one) => new DeadUnits({...one, ...(layers && {layers})}));
  const watchers = [new GradientNorm(), ...counters];
  compiledModel('sweepBackward', model);
  checkBatch('sweepBackward', x, y);
  const points = await sweep('sweepBackward', model, temperatures, async (backwardTemperature, set) => {
    set({backwardTemperature});
    const [norms, ...counts] = await watchWithoutLearning('sweepBackward', model, x, y, watchers, batchSize);
    const gradientNorm = norms!.gradientNorm!;
    return counts.map((logs, i): BackwardPoint => {
      const {deadUnits} = logs;
      if (deadUnits === undefined) {
        const requirement =
          'a model with a layer that reports its gradients: of this package, or with `observe`';
        throw invalid('sweepBackward', 'model', requirement, model.name);
      }
      const activeUnits = 100 - deadUnits;
      return {backwardTemperature, ...all[i]!, gradientNorm, deadUnits, activeUnits};
    });
  });
  return points.flat();
}

/** One forward temperature, the gradient's signal-to-noise ratio and the usage of categories at it. */
export interface ForwardPoint extends SignalToNoise {
  /** The forward temperature of this point. */
  readonly forwardTemperature: number;
  /** Mean over layers of `perplexity/<layer>`. */
  readonly perplexity: number;
}

/** Arguments of `sweepForward`. */
export interface SweepForwardArgs extends EpochWithoutLearningArgs {
  /** Passes for the signal-to-noise ratio. Default 1,024. */
  passes?: number;
  /** Samples of the one batch that the ratio is taken on. Default 128. */
  signalSamples?: number;
}

/**
 * Signal-to-noise ratio of the gradient and usage of the categories over the forward temperature, with fixed weights.
 *
 * @throws If an option is unknown, the model is not compiled or has no layer to watch or to set, or a temperature is out of range.
 * @see Shah et al., arXiv:2410.13331, figure 6(a).
 * @example
 * const points = await sweepForward(model, x, y, [0.1, 0.5, 1], {passes: 8, signalSamples: 8});
 * points.map(({perplexity}) => perplexity);
 */
export async function sweepForward(
  model: LayersModel | Sequential,
  x: Tensor,
  y: Tensor,
  temperatures: readonly number[],
  options: SweepForwardArgs = {},
): Promise<ForwardPoint[]> {
  checkOptions('sweepForward', options, ['passes', 'signalSamples', ...EPOCH_OPTIONS]);
  const {passes = 1024, signalSamples = 128, ...args} = options;
  compiledModel('sweepForward', model);
  checkBatch('sweepForward', x, y);
  wholeNumber('sweepForward', 'passes', passes, 2);
  wholeNumber('sweepForward', 'signalSamples', signalSamples, 1);
  const [someX, someY] = [rows(x, 0, signalSamples), rows(y, 0, signalSamples)];
  try {
    return await sweep('sweepForward', model, temperatures, async (forwardTemperature, set) => {
      set({forwardTemperature});
      const ratios = await signalToNoise(() => lossGradients(model, someX, someY), passes);
      const logs = await epochWithoutLearning(model, x, y, args);
      const used = Object.entries(logs).filter(([key]) => key.startsWith('perplexity/'));
      if (used.length === 0) {
        const requirement =
          'a model with a layer that reports its usage: of this package, or with `observe` and `usage`';
        throw invalid('sweepForward', 'model', requirement, model.name);
      }
      const perplexity = used.reduce((total, [, value]) => total + value, 0) / used.length;
      return {forwardTemperature, ...ratios, perplexity};
    });
  } finally {
    someX.dispose();
    someY.dispose();
  }
}

/** Runs `measure` at each temperature, then puts every layer's temperatures back. */
async function sweep<Point>(
  owner: string,
  model: LayersModel | Sequential,
  temperatures: readonly number[],
  measure: (temperature: number, set: (args: TemperatureArgs) => void) => Promise<Point>,
): Promise<Point[]> {
  if (!Array.isArray(temperatures) || temperatures.length === 0) {
    throw invalid(owner, 'temperatures', 'a list of numbers, at least one', temperatures);
  }
  const discrete = (everyLayer(model) as object[]).filter(isSchedulable);
  if (discrete.length === 0) {
    const requirement =
      'a model with a layer whose temperatures can be set: of this package, or with `setTemperatures`';
    throw invalid(owner, 'model', requirement, model.name);
  }
  const previous = discrete.map(({forwardTemperature, backwardTemperature}) => ({
    ...(forwardTemperature !== undefined && {forwardTemperature}),
    ...(backwardTemperature !== undefined && {backwardTemperature}),
  }));
  const set = (args: TemperatureArgs) => {
    for (const layer of discrete) layer.setTemperatures(args);
  };
  try {
    const points: Point[] = [];
    for (const temperature of temperatures) points.push(await measure(temperature, set));
    return points;
  } finally {
    discrete.forEach((layer, i) => {
      layer.setTemperatures(previous[i]!);
    });
  }
}
