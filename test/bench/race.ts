import {type Clock, Contender, type Program} from './contender.js';
import {ratios, type Summary, summarize} from './statistics.js';

/** A program and which variant of its work to run. */
export interface Entry {
  readonly program: Program;
  readonly variant?: string;
}

/** How thoroughly to measure. */
export interface Effort {
  /** Turns that each contender gets. */
  readonly rounds: number;
  /** Milliseconds that a turn should take; slow work does at least one step. */
  readonly turn: number;
  readonly clock: Clock;
}

/** What one entry measured: milliseconds a step, one number a round. */
export interface Track {
  readonly name: string;
  readonly times: readonly number[];
}

/** Lets entries take turns, forwards in one round and backwards in the next. */
export async function race(entries: readonly Entry[], {rounds, turn, clock}: Effort): Promise<Track[]> {
  const running = new Map<Program, Contender>();
  try {
    const lanes = [];
    for (const {program, variant = 'train'} of entries) {
      const contender = running.get(program) ?? (await Contender.start(program));
      running.set(program, contender);
      const steps = await contender.stepsFor(variant, turn);
      lanes.push({contender, variant, steps, times: [] as number[]});
    }
    for (let round = 0; round < rounds; round++) {
      for (const {contender, variant, steps, times} of round % 2 === 0 ? lanes : [...lanes].reverse()) {
        times.push(await contender.time(variant, steps, clock));
      }
    }
    return lanes.map(({contender, times}) => ({name: contender.name, times}));
  } finally {
    for (const contender of running.values()) contender.close();
  }
}

/** One line of the table: ours against one other, measured in the same rounds. */
export interface Finding {
  /** Name of the row, such as `sbn-step`; several findings share one. */
  readonly row: string;
  readonly title: string;
  readonly against: string;
  readonly unit: 'ms' | 'MB' | 'kB';
  readonly ours: Summary;
  readonly theirs: Summary;
  /** Theirs by ours: above 1 where ours is faster or smaller. */
  readonly ratio: Summary;
  readonly roofline?: Roofline;
}

/** How near ours comes to what the machine allows. */
export interface Roofline {
  /** Bytes that the algorithm has to move, and what it has to compute, in one step. */
  readonly bytes: number;
  readonly operations: number;
  /** Milliseconds at the bandwidth of memory, and at that of a working set as large as the step's. */
  readonly fromMemory: number;
  readonly fromCache: number;
  /** Milliseconds at the rate of multiply-adds. */
  readonly fromArithmetic: number;
  /** Ours by the larger of `fromMemory` and `fromArithmetic`, and which of the two that is. */
  readonly factor: number;
  readonly limit: 'memory' | 'arithmetic';
}

/** The first track against each of the others. */
export function compare(row: string, title: string, [ours, ...others]: readonly Track[]): Finding[] {
  return others.map(({name, times}) => ({
    row,
    title,
    against: name,
    unit: 'ms',
    ours: summarize(ours!.times),
    theirs: summarize(times),
    ratio: ratios(times, ours!.times),
  }));
}
