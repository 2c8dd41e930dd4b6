import {Contender, type Program} from '../contender.js';
import {pyTorch, tensorflowJs} from '../programs.js';
import type {Finding} from '../race.js';
import {ratios, summarize} from '../statistics.js';
import {GATE_NETWORK} from './gates.js';
import type {Bench, Row} from './Row.js';

/** Bytes at their peak; `tensors` and `heap` only where TensorFlow.js runs, on its wasm backend. */
interface Memory {
  readonly tensors?: number;
  readonly heap?: number;
  readonly resident: number;
}

const MEGABYTE = 1e6;

const memoryRow = (
  name: string,
  title: string,
  work: string,
  peers: [string, string?][],
  sizes = {},
): Row => ({
  name,
  title: `${title}: bytes at the peak of a training step`,
  async measure({torch}: Bench): Promise<Finding[]> {
    const ours = await peak(tensorflowJs('ours', work, sizes));
    const composed = await peak(tensorflowJs('composed on wasm', work, sizes));
    const findings = [
      finding(name, this.title, 'composed on wasm, tensors', ours.tensors!, composed.tensors!),
      finding(name, this.title, 'composed on wasm, whole wasm memory', ours.heap!, composed.heap!),
    ];
    for (const [file, as] of torch === undefined ? [] : peers) {
      const theirs = await peak(pyTorch(torch!, file, 1, sizes, {clock: 'wall', allocation: 'default'}));
      const label = `${as === undefined ? '' : `${as}, `}torch, growth of the process`;
      findings.push(finding(name, this.title, label, ours.resident, theirs.resident));
    }
    return findings;
  },
});

async function peak(program: Program): Promise<Memory> {
  const contender = await Contender.start(program);
  try {
    await contender.time('train', 3, 'wall');
    return await contender.ask<Memory>({variant: 'train', memory: true});
  } finally {
    contender.close();
  }
}

function finding(row: string, title: string, against: string, ours: number, theirs: number): Finding {
  return {
    row,
    title,
    against,
    unit: 'MB',
    ours: summarize([ours / MEGABYTE]),
    theirs: summarize([theirs / MEGABYTE]),
    ratio: ratios([theirs], [ours]),
  };
}

/** Memory at its peak: tensors as TensorFlow.js counts them, the wasm backend's memory, and the process. */
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
