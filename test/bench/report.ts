import type {ClaimResult} from './claims.js';
import type {Result} from './comparison.js';
import type {Machine} from './machine.js';
import type {Scaling} from './scaling.js';
import type {Summary} from './statistics.js';
import {digits, markdownTable, plainTable, type Table} from './table.js';

/** The results of one run. */
export interface Report {
  readonly machine: Machine;
  readonly settings: Readonly<Record<string, string | number>>;
  /** Load average at the start and at the end of the run. */
  readonly load: readonly number[];
  /** Bytes per second from memory, and multiplications and additions per second, of one thread of wasm. */
  readonly limits: {readonly bandwidth: number; readonly arithmetic: number};
  readonly results: readonly Result[];
  readonly scalings: readonly Scaling[];
  readonly claims: readonly ClaimResult[];
}

const spread = ({median, low, high, count}: Summary) =>
  count === 1 ? digits(median) : `${digits(median)} (${digits(low)}-${digits(high)})`;

/** Ours against each baseline. */
export function comparisons(results: readonly Result[]): Table {
  return {
    head: ['row', 'ours', 'baseline', 'theirs', 'theirs / ours', 'times the limit'],
    text: [0, 2],
    rows: results.map(({row, ours, theirs, unit, baseline, ratio, roofline}, i) => {
      const first = results[i - 1]?.row !== row || unit !== 'ms';
      return [
        results[i - 1]?.row === row ? '' : row,
        first ? `${spread(ours)} ${unit}` : '',
        baseline,
        `${spread(theirs)} ${unit}`,
        spread(ratio),
        first && roofline !== undefined ? `${digits(roofline.factor)} x ${roofline.limit}` : '',
      ];
    }),
  };
}

/** Bytes and operations of each row that has a roofline. */
export function rooflines(results: readonly Result[]): Table {
  const rows = results.filter(({row, roofline}, i) => roofline && results[i - 1]?.row !== row);
  return {
    head: ['row', 'MB moved', 'Mflop', 'ms at memory', 'ms at cache', 'ms at arithmetic', 'ours, ms'],
    text: [0],
    rows: rows.map(({row, roofline, ours}) => [
      row,
      digits(roofline!.bytes / 1e6),
      digits(roofline!.operations / 1e6),
      digits(roofline!.fromMemory),
      digits(roofline!.fromCache),
      digits(roofline!.fromArithmetic),
      digits(ours.median),
    ]),
  };
}

/** Milliseconds at each size, and the exponent. */
export function scalingTable(scalings: readonly Scaling[]): Table {
  const steps = scalings[0]?.sizes.map((_, i) => (i === 0 ? 'ms at 1 x' : `${2 ** i} x`)) ?? [];
  return {
    head: ['workload', 'doubled', 'from', ...steps, 'exponent'],
    text: [0, 1],
    rows: scalings.map(({title, doubled, sizes, costs, exponent}) => [
      title,
      doubled,
      digits(sizes[0]!),
      ...costs.map(({median}) => digits(median)),
      spread(exponent),
    ]),
  };
}

export function claimTable(claims: readonly ClaimResult[]): Table {
  return {
    head: ['claim', 'limit', 'measured', ''],
    text: [0, 1, 3],
    rows: claims.map(({claim, limit, measured, met}) => [
      claim,
      limit,
      digits(measured),
      met ? 'met' : 'MISSED',
    ]),
  };
}

/** The whole report for a console or, with headings and titles of rows, for a page of documentation. */
export function write(report: Report, format: 'plain' | 'markdown'): string {
  const {machine, results, scalings, claims, limits, load} = report;
  const table = format === 'plain' ? plainTable : markdownTable;
  const section = (title: string, rows: Table) =>
    rows.rows.length === 0 ? [] : [format === 'plain' ? title : `### ${title}`, table(rows)];
  const titles = [...new Map(results.map(({row, title}) => [row, title]))];
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB; ${machine.caches}.`,
    `Node ${machine.node}, TensorFlow.js ${machine.tensorflowJs}, torch ${machine.torch}; ` +
      `commit ${machine.commit}, ${machine.date}.`,
    `Settings: ${Object.entries(report.settings)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}; load average ${load.map(digits).join(' to ')}.`,
    `One thread of wasm moves ${digits(limits.bandwidth / 1e9)} GB/s from memory (triad) and computes ` +
      `${digits(limits.arithmetic / 1e9)} Gflop/s at best.`,
    ...section('Ours against baselines: median (quartiles)', comparisons(results)),
    ...(format === 'plain' || titles.length === 0
      ? []
      : [titles.map(([row, title]) => `- \`${row}\`: ${title}`).join('\n')]),
    ...section('Least that a step has to move and compute', rooflines(results)),
    ...section('Cost of our kernels as sizes double', scalingTable(scalings)),
    ...section('Claims', claimTable(claims)),
  ].join('\n\n');
}
