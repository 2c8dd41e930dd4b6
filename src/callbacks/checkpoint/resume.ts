import {dispose, io, type NamedTensorMap, type Optimizer, serialization} from '@tensorflow/tfjs-core';
import {type LayersModel, loadLayersModel} from '@tensorflow/tfjs-layers';
import {invalid} from '../../functional/validate.js';
import {multiplyBetaPowers} from '../resumeExactly.js';
import {type CheckpointContents, decodeCheckpoint} from './checkpointFile.js';
import {rememberRun} from './resumedRuns.js';

/** A run that `callbacks.checkpoint` has saved, ready to go on. */
export interface ResumedRun {
  /**
   * With its weights, random streams and temperatures. Compiled, unless a loss or metric is a function: then compile it with
   * `optimizer` before training. A `tf.sequential` comes back as the `tf.model` inside it.
   */
  readonly model: LayersModel;
  /** With its state, learning rate and schedule. */
  readonly optimizer: Optimizer;
  /** Whether `model` is compiled. */
  readonly compiled: boolean;
  /** Epoch to continue with: the `initialEpoch` of `fit` and `fitDataset`. */
  readonly epoch: number;
  /** How many batches of that epoch are over; `callbacks.checkpoint` skips them. */
  readonly batch: number;
  /** Steps of the optimizer so far. */
  readonly step: number;
  /** Every metric of every finished epoch. */
  readonly history: Readonly<Record<string, readonly number[]>>;
  /** The checkpoint. */
  readonly file: string;
  /** Why later checkpoints could not be used, if there are any. */
  readonly faults: readonly Error[];
}

/**
 * Loads the latest checkpoint of a folder, or, in a page, of the browser's storage. One that is cut off or foreign is reported
 * on the console by name, and the one before it is used.
 *
 * @returns Undefined where there is no checkpoint.
 * @throws If there are checkpoints and none can be read, saying what is wrong with each; or if a layer or optimizer of the run is
 *   of a class that is not registered.
 * @example
 * const run = await resume('runs/digits');
 * const model = run?.model ?? network(); // compiled
 * await model.fit(x, y, {
 *   epochs: 20, initialEpoch: run?.epoch ?? 0, shuffle: false, callbacks: [callbacks.checkpoint('runs/digits')],
 * });
 */
export async function resume(dir: string): Promise<ResumedRun | undefined> {
  if (typeof dir !== 'string' || dir === '') throw invalid('resume', 'dir', 'a path', dir);
  const {openStore} = await import('./openStore.js');
  const store = await openStore(dir, false);
  const names = (await store.list()).sort().reverse();
  const faults: Error[] = [];
  for (const name of names) {
    const file = store.locate(name);
    let contents: CheckpointContents;
    try {
      contents = decodeCheckpoint(file, await store.read(name));
    } catch (error) {
      faults.push(error as Error);
      continue;
    }
    for (const fault of faults) console.warn(`${fault.message} The checkpoint before it is used.`);
    return {...(await restore(dir, contents)), file, faults};
  }
  if (faults.length === 0) return undefined;
  throw new Error(
    `resume: ${dir} has no checkpoint that can be read.\n${faults.map(({message}) => message).join('\n')}`,
  );
}

async function restore(
  dir: string,
  {state, modelWeights, optimizerWeights}: CheckpointContents,
): Promise<Omit<ResumedRun, 'file' | 'faults'>> {
  const {epoch, batch, step, history, training} = state;
  const model = await loadLayersModel(
    io.fromMemory({
      modelTopology: state.model.topology,
      weightSpecs: [...state.model.specs],
      weightData: toBuffer(modelWeights),
    }),
  );
  const optimizer = await restoreOptimizer(state.optimizer, optimizerWeights);
  if (training !== undefined) model.compile({optimizer, ...training});
  rememberRun(model, {...state, dir});
  return {model, optimizer, compiled: training !== undefined, epoch, batch, step, history};
}

async function restoreOptimizer(
  {className, config, specs}: CheckpointContents['state']['optimizer'],
  weights: Uint8Array,
): Promise<Optimizer> {
  const known = serialization.SerializationMap.getMap().classNameMap[className];
  if (known === undefined) {
    throw new Error(`resume: the optimizer's class ${className} is not registered; import it first.`);
  }
  const [optimizerClass, fromConfig] = known;
  const optimizer = fromConfig(optimizerClass, {...config}) as unknown as Optimizer;
  const tensors: NamedTensorMap = io.decodeWeights(toBuffer(weights), [...specs]);
  await optimizer.setWeights(specs.map(({name}) => ({name, tensor: tensors[name]!})));
  dispose(tensors);
  multiplyBetaPowers(optimizer);
  return optimizer;
}

const toBuffer = (bytes: Uint8Array) => Uint8Array.from(bytes).buffer;
