import type {Result} from '../comparison.js';
import {MeasuredProcess, type Program} from '../measuredProcess.js';
import {pyTorch, tensorflowJs} from '../programs.js';
import {ratios, summarize} from '../statistics.js';
import {GATE_NETWORK} from './gates.js';
import type {Bench, Row} from './Row.js';

/** Peak memory in bytes; `tensors` and `heap` only where TensorFlow.js runs, on its wasm backend. */
interface Memory {
  readonly tensors?: number;
  readonly heap?: number;
  readonly resident: number;
}

const MEGABYTE = 1e6;

const memoryRow = (
  name: string,
  title: string,
  workload: string,
  peers: [string, string?][],
  sizes = {},
): Row => ({
  name,
  title: `${title}: peak memory of a training step`,
  async measure({torch}: Bench): Promise<Result[]> {
    const ours = await peak(tensorflowJs('ours', workload, sizes));
    const composed = await peak(tensorflowJs('composed on wasm', workload, sizes));
    const results = [
      result(name, this.title, 'composed on wasm, tensors', ours.tensors!, composed.tensors!),
      result(name, this.title, 'composed on wasm, whole wasm memory', ours.heap!, composed.heap!),
    ];
    for (const [file, as] of torch === undefined ? [] : peers) {
      const theirs = await peak(pyTorch(torch!, file, 1, sizes, {clock: 'wall', allocation: 'default'}));
      const label = `${as === undefined ? '' : `${as}, `}torch, growth of the process`;
      results.push(result(name, this.title, label, ours.resident, theirs.resident));
    }
    return results;
  },
});

async function peak(program: Program): Promise<Memory> {
  const process = await MeasuredProcess.start(program);
  try {
    await process.time('train', 3, 'wall');
    return await process.ask<Memory>({variant: 'train', memory: true});
  } finally {
    process.close();
  }
}

function result(row: string, title: string, baseline: string, ours: number, theirs: number): Result {
  return {
    row,
    title,
    baseline,
    unit: 'MB',
    ours: summarize([ours / MEGABYTE]),
    theirs: summarize([theirs / MEGABYTE]),
    ratio: ratios([theirs], [ours]),
  };
}

/** Peak memory: of tensors as TensorFlow.js counts them, of the wasm backend, and of the process. */
export const MEMORY_ROWS: readonly Row[] = [
  memoryRow('memory-sbn', 'SBN', 'sbn', [['sbn']], {steps: 1}),
  memoryRow('memory-catae', 'CatAE', 'catae', [['catae']]),
  memoryRow(
    'memory-dln',
    'DLN',
    'gateNetwork',
    [
      ['gates16', '16 gates'],
      ['gates4', '4 coefficients'],
    ],
    {...GATE_NETWORK, steps: 1},
  ),
];
