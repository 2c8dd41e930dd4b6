import {type Clock, MeasuredProcess, type Program} from './measuredProcess.js';
import {ratios, type Summary, summarize} from './statistics.js';

/** A program, and the variant of its workload to run. */
export interface Entry {
  readonly program: Program;
  readonly variant?: string;
}

/** How thoroughly to measure. */
export interface Effort {
  /** Turns per program. */
  readonly rounds: number;
  /** Milliseconds that a turn should take; slow workloads do at least one step. */
  readonly turn: number;
  readonly clock: Clock;
}

/** The measurements of one program: milliseconds per step, one number per round. */
export interface Track {
  readonly name: string;
  readonly times: readonly number[];
}

/** Measures programs in turns, forwards in one round and backwards in the next. */
export async function measureInTurns(
  entries: readonly Entry[],
  {rounds, turn, clock}: Effort,
): Promise<Track[]> {
  const processes = new Map<Program, MeasuredProcess>();
  try {
    const lanes = [];
    for (const {program, variant = 'train'} of entries) {
      const process = processes.get(program) ?? (await MeasuredProcess.start(program));
      processes.set(program, process);
      const steps = await process.stepsFor(variant, turn);
      lanes.push({process, variant, steps, times: [] as number[]});
    }
    for (let round = 0; round < rounds; round++) {
      for (const {process, variant, steps, times} of round % 2 === 0 ? lanes : [...lanes].reverse()) {
        times.push(await process.time(variant, steps, clock));
      }
    }
    return lanes.map(({process, times}) => ({name: process.name, times}));
  } finally {
    for (const process of processes.values()) process.close();
  }
}

/** One line of the table: ours against one baseline, measured in the same rounds. */
export interface Result {
  /** Name of the row, such as `sbn-step`; several results share one. */
  readonly row: string;
  readonly title: string;
  readonly baseline: string;
  readonly unit: 'ms' | 'MB' | 'kB';
  readonly ours: Summary;
  readonly theirs: Summary;
  /** Theirs divided by ours: above 1 if ours is faster or smaller. */
  readonly ratio: Summary;
  readonly roofline?: Roofline;
}

/** How close ours comes to what the machine allows. */
export interface Roofline {
  /** Bytes that one step has to move, and operations that it has to compute. */
  readonly bytes: number;
  readonly operations: number;
  /** Milliseconds at the bandwidth of memory, and at that of a working set of the step's size. */
  readonly fromMemory: number;
  readonly fromCache: number;
  /** Milliseconds at the rate of multiply-adds. */
  readonly fromArithmetic: number;
  /** Ours divided by the larger of `fromMemory` and `fromArithmetic`, and which of the two that is. */
  readonly factor: number;
  readonly limit: 'memory' | 'arithmetic';
}

/** Compares the first track with each of the others. */
export function compare(row: string, title: string, [ours, ...others]: readonly Track[]): Result[] {
  return others.map(({name, times}) => ({
    row,
    title,
    baseline: name,
    unit: 'ms',
    ours: summarize(ours!.times),
    theirs: summarize(times),
    ratio: ratios(times, ours!.times),
  }));
}
