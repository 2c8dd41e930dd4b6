import {existsSync} from 'node:fs';
import {readdir, readFile, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {Callback, type LayersModel, loadLayersModel, type Sequential} from '@tensorflow/tfjs-layers';
import type {UnresolvedLogs} from '@tensorflow/tfjs-layers/dist/logs.js';
import {resumeExactly} from 'tfjs-discrete';
import {fileSystem} from 'tfjs-discrete/node';
import {writeAtomically} from '../mnist/files.js';
import type {History} from './results.js';

/** A run that was interrupted. */
export interface Unfinished {
  /** Compiled, with its optimizer's state. */
  readonly model: LayersModel;
  readonly history: History;
  /** How many epochs are over. */
  readonly epochs: number;
}

/** The run that `SaveUnfinished` has left in `folder`, ready to go on as if nothing had happened. */
export async function loadUnfinished(folder: string): Promise<Unfinished | undefined> {
  const epochs = (await savedEpochs(folder)).at(-1);
  if (epochs === undefined) return undefined;
  const model = await loadLayersModel(fileSystem(modelIn(folder, epochs)));
  resumeExactly(model);
  return {model, epochs, history: JSON.parse(await readFile(historyIn(folder, epochs), 'utf8'))};
}

/** Saves the model, its optimizer and the history every few epochs. Stands last among the callbacks. */
export class SaveUnfinished extends Callback {
  private readonly history: Record<string, number[]>;

  /** @param trained What is trained: callbacks are given an inner model, which lacks the optimizer. */
  constructor(
    private readonly trained: LayersModel | Sequential,
    private readonly folder: string,
    private readonly every: number,
    previous: History,
  ) {
    super();
    this.history = Object.fromEntries(Object.entries(previous).map(([key, values]) => [key, [...values]]));
  }

  override async onEpochEnd(epoch: number, logs: UnresolvedLogs): Promise<void> {
    for (const [key, value] of Object.entries(logs)) {
      const number = typeof value === 'number' ? value : (await value.data())[0]!;
      this.history[key] = [...(this.history[key] ?? []), number];
    }
    const epochs = epoch + 1;
    if (epochs % this.every > 0) return;
    const previous = await savedEpochs(this.folder);
    await writeAtomically(historyIn(this.folder, epochs), JSON.stringify(this.history));
    await this.trained.save(fileSystem(modelIn(this.folder, epochs)), {includeOptimizer: true});
    for (const old of previous) await rm(join(this.folder, String(old)), {recursive: true});
  }
}

const historyIn = (folder: string, epochs: number) => join(folder, String(epochs), 'history.json');
/** Written last: where it is, the rest is. */
const modelIn = (folder: string, epochs: number) => join(folder, String(epochs), 'model');

async function savedEpochs(folder: string): Promise<number[]> {
  if (!existsSync(folder)) return [];
  const numbers = (await readdir(folder)).map(Number);
  return numbers
    .filter((epochs) => existsSync(join(modelIn(folder, epochs), 'model.json')))
    .sort((a, b) => a - b);
}
