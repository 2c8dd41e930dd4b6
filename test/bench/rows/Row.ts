import type {Limits} from '../limits.js';
import type {Allocation, Form, Torch} from '../programs.js';
import {pyTorch, tensorflowJs} from '../programs.js';
import type {Effort, Entry, Finding} from '../race.js';
import {compare, race} from '../race.js';
import type {Traffic} from '../traffic.js';

/** What a row needs to measure. */
export interface Bench {
  readonly effort: Effort;
  readonly limits: Limits;
  /** Undefined where no Python with torch was found. */
  readonly torch: Torch | undefined;
  readonly allocation: Allocation;
}

/** Something that is measured against others. */
export interface Row {
  readonly name: string;
  readonly title: string;
  measure(bench: Bench): Promise<Finding[]>;
}

/** One work done by several programs. */
export interface WorkArgs {
  readonly name: string;
  readonly title: string;
  readonly work: string;
  readonly sizes?: object;
  /** Default `train`. */
  readonly variant?: string;
  /** Default `ours`. */
  readonly form?: Form;
  readonly against: readonly Form[];
  /** Peers in PyTorch: a file's name, what to call it if not plain torch, and with how many threads. */
  readonly peers?: readonly {readonly file: string; readonly as?: string; readonly threads: number}[];
  readonly traffic?: Traffic;
}

/** A row in which our form of a work races the other forms and the peers. */
export function workRow(args: WorkArgs): Row {
  const {
    name,
    title,
    work,
    sizes = {},
    variant = 'train',
    form: own = 'ours',
    against,
    peers = [],
    traffic,
  } = args;
  return {
    name,
    title,
    async measure({effort, limits, torch, allocation}) {
      const forms: Form[] = [own, ...against];
      const entries: Entry[] = forms.map((form) => ({program: tensorflowJs(form, work, sizes), variant}));
      if (torch !== undefined) {
        for (const {file, as, threads} of peers) {
          const program = pyTorch(torch, file, threads, sizes, {clock: effort.clock, allocation});
          const label = as === undefined ? program.name : `${as}, ${program.name}`;
          entries.push({program: {...program, name: label}, variant});
        }
      }
      const findings = compare(name, title, await race(entries, effort));
      if (traffic === undefined) return findings;
      const roofline = limits.roofline(traffic, findings[0]!.ours.median);
      return findings.map((finding) => ({...finding, roofline}));
    },
  };
}
