import type {Verdict} from './claims.js';
import type {Machine} from './machine.js';
import type {Finding} from './race.js';
import type {Scaling} from './scaling.js';
import type {Summary} from './statistics.js';
import {digits, markdownTable, plainTable, type Table} from './table.js';

/** All that one run found. */
export interface Report {
  readonly machine: Machine;
  readonly settings: Readonly<Record<string, string | number>>;
  /** Waiting processes at the start and at the end of the run. */
  readonly load: readonly number[];
  /** Bytes a second from memory, and multiplications and additions a second, of one thread of wasm. */
  readonly limits: {readonly bandwidth: number; readonly arithmetic: number};
  readonly findings: readonly Finding[];
  readonly scalings: readonly Scaling[];
  readonly verdicts: readonly Verdict[];
}

const spread = ({median, low, high, count}: Summary) =>
  count === 1 ? digits(median) : `${digits(median)} (${digits(low)}-${digits(high)})`;

/** Ours against each other contender. */
export function comparisons(findings: readonly Finding[]): Table {
  return {
    head: ['row', 'ours', 'against', 'theirs', 'theirs / ours', 'times the limit'],
    text: [0, 2],
    rows: findings.map(({row, ours, theirs, unit, against, ratio, roofline}, i) => {
      const first = findings[i - 1]?.row !== row || unit !== 'ms';
      return [
        findings[i - 1]?.row === row ? '' : row,
        first ? `${spread(ours)} ${unit}` : '',
        against,
        `${spread(theirs)} ${unit}`,
        spread(ratio),
        first && roofline !== undefined ? `${digits(roofline.factor)} x ${roofline.limit}` : '',
      ];
    }),
  };
}

/** What each row that has a limit moves and computes. */
export function rooflines(findings: readonly Finding[]): Table {
  const rows = findings.filter(({row, roofline}, i) => roofline && findings[i - 1]?.row !== row);
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
    head: ['work', 'grows', 'from', ...steps, 'exponent'],
    text: [0, 1],
    rows: scalings.map(({title, grows, sizes, costs, exponent}) => [
      title,
      grows,
      digits(sizes[0]!),
      ...costs.map(({median}) => digits(median)),
      spread(exponent),
    ]),
  };
}

export function verdictTable(verdicts: readonly Verdict[]): Table {
  return {
    head: ['claim', 'wanted', 'measured', ''],
    text: [0, 1, 3],
    rows: verdicts.map(({claim, wanted, measured, met}) => [
      claim,
      wanted,
      digits(measured),
      met ? 'met' : 'MISSED',
    ]),
  };
}

/** The whole report for a console, or, with headings and titles of rows, for a page of documentation. */
export function write(report: Report, form: 'plain' | 'markdown'): string {
  const {machine, findings, scalings, verdicts, limits, load} = report;
  const table = form === 'plain' ? plainTable : markdownTable;
  const section = (title: string, rows: Table) =>
    rows.rows.length === 0 ? [] : [form === 'plain' ? title : `### ${title}`, table(rows)];
  const titles = [...new Map(findings.map(({row, title}) => [row, title]))];
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB; ${machine.caches}.`,
    `Node ${machine.node}, TensorFlow.js ${machine.tensorflowJs}, torch ${machine.torch}; ` +
      `commit ${machine.commit}, ${machine.date}.`,
    `Settings: ${Object.entries(report.settings)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}; load average ${load.map(digits).join(' to ')}.`,
    `One thread of wasm moves ${digits(limits.bandwidth / 1e9)} GB/s from memory (triad) and computes ` +
      `${digits(limits.arithmetic / 1e9)} Gflop/s at best.`,
    ...section('Ours against others: median (quartiles)', comparisons(findings)),
    ...(form === 'plain' || titles.length === 0
      ? []
      : [titles.map(([row, title]) => `- \`${row}\`: ${title}`).join('\n')]),
    ...section('What a step moves and computes at least', rooflines(findings)),
    ...section('Cost of own kernels as sizes double', scalingTable(scalings)),
    ...section('Claims', verdictTable(verdicts)),
  ].join('\n\n');
}
