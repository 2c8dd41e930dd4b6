/**
 * How fast are we, compared with what? Measures our kernels, the same models on stock TensorFlow.js and in
 * PyTorch in turns, and prints one table. `npm run bench -- --help` shows what can be chosen.
 */
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname} from 'node:path';
import {Command, InvalidArgumentError, Option} from 'commander';
import {widenVectors} from '../../src/node/wideVectors.js';
import {vectorWidth} from '../../src/wasm/vectors.js';
import {evaluateClaims} from './claims.js';
import type {Result} from './comparison.js';
import {Limits} from './limits.js';
import {describeMachine, load} from './machine.js';
import type {Clock} from './measuredProcess.js';
import {type Allocation, compileWorkloads, findTorch} from './programs.js';
import {comparisons, type Report, write} from './report.js';
import {ROWS} from './rows/index.js';
import {measureScaling, type Scaling, SWEEPS} from './scaling.js';
import {plainTable} from './table.js';

interface Options {
  rows?: string[];
  quick?: true;
  rounds?: number;
  turn?: number;
  clock: Clock;
  allocation: Allocation;
  vectors: '128' | '256';
  python?: string;
  out: string;
  docs?: string;
}

const NAMES = [...ROWS, ...SWEEPS].map(({name}) => name);

async function main(options: Options): Promise<void> {
  if (options.vectors === '256') {
    const {fallback} = widenVectors();
    if (fallback !== undefined) throw new Error(`No 256-bit vectors: ${fallback}.`);
  }
  const {clock, rounds = options.quick ? 3 : 11, turn = options.quick ? 50 : 250} = options;
  const effort = {rounds, turn, clock};
  const wanted = (name: string) => options.rows?.some((start) => name.startsWith(start)) ?? true;
  const torch = findTorch(options.python);
  if (torch === undefined) {
    console.log(`No PyTorch: ${options.python ?? 'python3'} cannot import torch; rows leave it out.\n`);
  }
  await compileWorkloads();
  const limits = await Limits.prepare();
  const loads = [load()];

  const results: Result[] = [];
  for (const row of ROWS.filter(({name}) => wanted(name))) {
    const found = await row.measure({effort, limits, torch, allocation: options.allocation});
    console.log(`${row.title}\n${plainTable(comparisons(found))}\n`);
    results.push(...found);
  }
  const scalings: Scaling[] = [];
  for (const sweep of SWEEPS.filter(({name}) => wanted(name))) {
    console.log(`${sweep.title}: doubling ${sweep.doubled} ...`);
    scalings.push(await measureScaling(sweep, effort));
  }

  // Limits are the best of all measurements, so the last ones count.
  const final = results.map((result) =>
    result.roofline === undefined
      ? result
      : {...result, roofline: limits.roofline(result.roofline, result.ours.median)},
  );
  const report: Report = {
    machine: describeMachine(torch),
    settings: {...effort, 'peers allocate by': options.allocation},
    load: [...loads, load()],
    limits: {bandwidth: limits.bandwidth(), arithmetic: limits.arithmetic()},
    results: final,
    scalings,
    claims: evaluateClaims(final, scalings),
  };
  console.log(`\n${write(report, 'plain')}\n`);
  mkdirSync(dirname(options.out), {recursive: true});
  writeFileSync(options.out, `${JSON.stringify(report, undefined, 1)}\n`);
  console.log(`Written to ${options.out}.`);
  if (options.docs !== undefined) intoPage(options.docs, write(report, 'markdown'));
}

/** Puts the figures between two marks of a page; those with 256-bit vectors have marks of their own for each Node. */
function intoPage(path: string, figures: string): void {
  const [node] = process.versions.node.split('.');
  const name = vectorWidth() === 256 ? `figures, 256-bit vectors, Node ${node}` : 'figures';
  const [first, last] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const page = readFileSync(path, 'utf8');
  const [begin, end] = [page.indexOf(first), page.indexOf(last)];
  if (begin < 0 || end < begin) throw new Error(`${path} has no lines '${first}' and '${last}'.`);
  writeFileSync(path, `${page.slice(0, begin + first.length)}\n${figures}\n${page.slice(end)}`);
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError('It must be a whole number >= 1.');
}

function rowNames(text: string, previous: string[] = []): string[] {
  if (NAMES.some((name) => name.startsWith(text))) return [...previous, text];
  throw new InvalidArgumentError(`It must be the beginning of one of these: ${NAMES.join(', ')}.`);
}

const options = new Command('npm run bench --')
  .description('Compares our kernels with stock TensorFlow.js and PyTorch; every figure is from this run.')
  .addOption(new Option('--rows <name...>', 'only rows whose name begins with this').argParser(rowNames))
  .option('--quick', '3 rounds of 50 ms: a first look, not a measurement')
  .option('--rounds <n>', 'turns per program (default: 11)', wholeNumber)
  .option('--turn <ms>', 'length of a turn (default: 250)', wholeNumber)
  .addOption(
    new Option('--clock <which>', 'cpu counts processor time per thread, for a busy machine')
      .choices(['wall', 'cpu'])
      .default('wall'),
  )
  .addOption(
    new Option('--allocation <how>', 'reuse lets PyTorch keep freed memory, which makes it faster')
      .choices(['reuse', 'default'])
      .default('reuse'),
  )
  .addOption(
    new Option('--vectors <bits>', "256 as with `useBackend('wasm', {vectors: 256})`, on Node 24 and newer")
      .choices(['128', '256'])
      .default('128'),
  )
  .option('--python <path>', 'interpreter with torch (default: the first of python3, /usr/bin/python3)')
  .option('--out <file>', 'where the JSON goes', 'runs/bench.json')
  .option('--docs <page>', 'also rewrites the figures of this Markdown page')
  .addHelpText('after', `\nRows: ${NAMES.join(', ')}`)
  .configureHelp({helpWidth: 110})
  .parse()
  .opts<Options>();

main(options).catch((error: Error) => {
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
});
