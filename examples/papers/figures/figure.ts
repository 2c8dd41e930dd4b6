import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {Command} from 'commander';
import {useBackend} from 'tfjs-discrete/node';
import {writeAtomically} from '../../mnist/files.js';
import {whole} from '../../mnist/numbers.js';
import {draw, type Panel} from './plot.js';

/** What every command that draws a figure can be told. */
export interface FigureOptions {
  readonly epochs: number;
  readonly passes: number;
  readonly limit: number;
  readonly seed: number;
  readonly output: string;
  readonly redraw?: boolean;
}

/** A figure: numbers, which take a while to compute, and a drawing of them. */
export interface Figure<Data> {
  readonly name: string;
  readonly question: string;
  readonly defaults: {readonly epochs: number; readonly passes: number; readonly limit: number};
  compute(options: FigureOptions): Promise<Data>;
  panels(data: Data): readonly Panel[];
  readonly columns?: number;
}

/** Computes a figure's numbers, or reads them with `--redraw`, and writes `<name>.json` and `<name>.svg`. */
export async function figure<Data>({
  name,
  question,
  defaults,
  compute,
  panels,
  columns,
}: Figure<Data>): Promise<void> {
  const options = new Command(`node --import tsx examples/papers/figures/${name}.ts`)
    .description(question)
    .option('--epochs <n>', 'of training before anything is measured', whole(1), defaults.epochs)
    .option('--passes <n>', 'forward and backward passes a measurement', whole(2), defaults.passes)
    .option('--limit <n>', 'use only the first n images; 0 for all', whole(0), defaults.limit)
    .option('--seed <n>', 'the same seed, the same figure', whole(0), 1)
    .option('--output <folder>', 'for numbers and image', 'runs/papers/figures')
    .option('--redraw', 'draws the numbers that are there')
    .parse()
    .opts<FigureOptions>();
  const path = join(options.output, `${name}.json`);
  console.log(question);
  if (!options.redraw) {
    console.log((await useBackend()).message);
    const began = performance.now();
    const data = await compute(options);
    const {output: _, redraw: __, ...settings} = options;
    const seconds = Math.round((performance.now() - began) / 1000);
    await writeAtomically(path, `${JSON.stringify({figure: name, settings, seconds, data}, short)}\n`);
  }
  const {data} = JSON.parse(await readFile(path, 'utf8')) as {data: Data};
  await writeAtomically(join(options.output, `${name}.svg`), await draw(panels(data), columns));
  console.log(JSON.stringify(data, null, 1));
}

const short = (_key: string, value: unknown) =>
  typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
