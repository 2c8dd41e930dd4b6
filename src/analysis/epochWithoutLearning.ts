import {
  dispose,
  mean,
  type NamedTensorMap,
  type Scalar,
  type Tensor,
  tidy,
  type Variable,
} from '@tensorflow/tfjs-core';
import type {Callback, LayersModel, Logs, Sequential} from '@tensorflow/tfjs-layers';
import {Monitors, type MonitorsArgs} from '../callbacks/Monitors.js';
import {checkTensor} from '../functional/asFloat32.js';
import {checkOptions} from '../functional/checkOptions.js';
import {invalid, wholeNumber} from '../functional/validate.js';
import {rows} from './rows.js';

/** What a compiled model keeps; its declarations hide part of it. */
type Compiled = LayersModel & {readonly lossFunctions: ((target: Tensor, output: Tensor) => Tensor)[]};

/**
 * Gradients of a compiled model's loss on one batch, in training mode, with new samples each time; nothing is
 * applied.
 *
 * @returns By weight name; the caller disposes them.
 * @throws when the model is not compiled or has several outputs.
 * @example
 * const gradients = lossGradients(model, x, y);
 * Object.keys(gradients); // names of the trainable weights
 * tf.dispose(gradients);
 */
export function lossGradients(model: LayersModel | Sequential, x: Tensor, y: Tensor): NamedTensorMap {
  const {lossFunctions} = compiledModel('lossGradients', model);
  checkBatch('lossGradients', x, y);
  const weights = model.trainableWeights.map((weight) => weight.read() as Variable);
  const loss = () => {
    const output = model.apply(x, {training: true} as never) as Tensor;
    return tidy(() => mean(lossFunctions[0]!(y, output))) as Scalar;
  };
  const {value, grads} = model.optimizer.computeGradients(loss, weights);
  value.dispose();
  return grads;
}

/** Arguments of `epochWithoutLearning`. */
export interface EpochWithoutLearningArgs extends MonitorsArgs {
  /** Default 128. */
  batchSize?: number;
}

/** Names of the options of `epochWithoutLearning`. */
export const EPOCH_OPTIONS = ['relative', 'threshold', 'per', 'perLayer', 'layers', 'batchSize'] as const;

/**
 * What the monitors log over one epoch with fixed weights.
 *
 * @param x Samples first. @param y Targets, alike.
 * @returns `deadUnits`, `perplexity/<layer>`, `gradientNorm` and their like.
 * @example
 * const {deadUnits, gradientNorm} = await epochWithoutLearning(model, x, y, {batchSize: 8});
 */
export async function epochWithoutLearning(
  model: LayersModel | Sequential,
  x: Tensor,
  y: Tensor,
  args: EpochWithoutLearningArgs = {},
): Promise<Logs> {
  checkOptions('epochWithoutLearning', args, EPOCH_OPTIONS);
  const {batchSize, ...monitors} = args;
  const [logs] = await watchWithoutLearning(
    'epochWithoutLearning',
    model,
    x,
    y,
    [new Monitors(monitors)],
    batchSize,
  );
  return logs!;
}

/** One epoch in which no weight moves, for several callbacks at once. @returns What each writes into its own logs. */
export async function watchWithoutLearning(
  owner: string,
  model: LayersModel | Sequential,
  x: Tensor,
  y: Tensor,
  watchers: readonly Callback[],
  batchSize = 128,
): Promise<Logs[]> {
  wholeNumber(owner, 'batchSize', batchSize, 1);
  compiledModel(owner, model);
  checkBatch(owner, x, y);
  try {
    for (const watcher of watchers) {
      watcher.setModel(model as never);
      await watcher.onTrainBegin();
      await watcher.onEpochBegin(0);
    }
    const samples = x.shape[0]!;
    for (let begin = 0; begin < samples; begin += batchSize) {
      const batch = [rows(x, begin, batchSize), rows(y, begin, batchSize)] as const;
      dispose(lossGradients(model, ...batch));
      dispose([...batch]);
    }
    const found: Logs[] = [];
    for (const watcher of watchers) {
      const logs: Logs = {};
      await watcher.onEpochEnd(0, logs);
      found.push(logs);
    }
    return found;
  } finally {
    for (const watcher of watchers) await watcher.onTrainEnd();
  }
}

/** @throws unless inputs and targets are tensors of as many samples. */
export function checkBatch(owner: string, x: Tensor, y: Tensor): void {
  checkTensor(owner, 'x', x);
  checkTensor(owner, 'y', y);
  const [samples, targets] = [x.shape[0], y.shape[0]];
  if (samples !== targets) throw invalid(owner, 'y', `of as many samples as \`x\` (${samples})`, targets);
}

/** @throws unless the model is compiled and has one output. */
export function compiledModel(owner: string, model: LayersModel | Sequential): Compiled {
  if (!Array.isArray(model?.layers)) throw invalid(owner, 'model', 'a model', model);
  const inner = ((model as unknown as {model?: unknown}).model ?? model) as Compiled;
  if (inner.lossFunctions === undefined || model.optimizer === undefined) {
    throw invalid(
      owner,
      'model',
      'compiled with an optimizer and a loss (call `model.compile` first)',
      model.name,
    );
  }
  if (inner.lossFunctions.length !== 1) {
    throw invalid(owner, 'model', 'of one output', inner.lossFunctions.length);
  }
  return inner;
}
