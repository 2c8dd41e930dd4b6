import type {Effort, Entry, Result} from '../comparison.js';
import {compare, measureInTurns} from '../comparison.js';
import type {Limits} from '../limits.js';
import type {Allocation, Implementation, Torch} from '../programs.js';
import {pyTorch, tensorflowJs} from '../programs.js';
import type {Traffic} from '../traffic.js';

/** What a row measures with. */
export interface Bench {
  readonly effort: Effort;
  readonly limits: Limits;
  /** Undefined where no Python with torch was found. */
  readonly torch: Torch | undefined;
  readonly allocation: Allocation;
}

/** Something that is measured against baselines. */
export interface Row {
  readonly name: string;
  readonly title: string;
  measure(bench: Bench): Promise<Result[]>;
}

/** One workload that several programs run. */
export interface WorkloadArgs {
  readonly name: string;
  readonly title: string;
  readonly workload: string;
  readonly sizes?: object;
  /** Default `train`. */
  readonly variant?: string;
  /** Default `ours`. */
  readonly implementation?: Implementation;
  readonly baselines: readonly Implementation[];
  /** Peers in PyTorch: a file's name, what to call it unless plain torch, and the number of threads. */
  readonly peers?: readonly {readonly file: string; readonly as?: string; readonly threads: number}[];
  readonly traffic?: Traffic;
}

/** A row that compares our implementation of a workload with other implementations and with peers. */
export function workloadRow(args: WorkloadArgs): Row {
  const {
    name,
    title,
    workload,
    sizes = {},
    variant = 'train',
    implementation: own = 'ours',
    baselines,
    peers = [],
    traffic,
  } = args;
  return {
    name,
    title,
    async measure({effort, limits, torch, allocation}) {
      const implementations: Implementation[] = [own, ...baselines];
      const entries: Entry[] = implementations.map((one) => ({
        program: tensorflowJs(one, workload, sizes),
        variant,
      }));
      if (torch !== undefined) {
        for (const {file, as, threads} of peers) {
          const program = pyTorch(torch, file, threads, sizes, {clock: effort.clock, allocation});
          const label = as === undefined ? program.name : `${as}, ${program.name}`;
          entries.push({program: {...program, name: label}, variant});
        }
      }
      const results = compare(name, title, await measureInTurns(entries, effort));
      if (traffic === undefined) return results;
      const roofline = limits.roofline(traffic, results[0]!.ours.median);
      return results.map((result) => ({...result, roofline}));
    },
  };
}
