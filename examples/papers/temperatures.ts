/**
 * Which temperatures are best, and does the best pair lie off the diagonal?
 *
 * Searches for an experiment's temperatures as the papers do: the whole grid (stochastic binary network), or forward
 * first and then backward (the rest); and one temperature for both, which tunes the baselines. Continues where it was
 * stopped. Writes journal, tables, heat map and line plot into a folder.
 *
 *     node --import tsx examples/papers/temperatures.ts --task sbn --forward 0 0.1 0.4 0.7 1 --backward 0.1 0.4 0.7 1 1.5
 *     node --import tsx examples/papers/temperatures.ts --task sbn --estimator gumbel --temperature 0.3 0.5 0.7 1
 *     node --import tsx examples/papers/temperatures.ts --task catae --strategy sequential --rates 3e-4 1e-3
 *
 * With `--redis <url>` any number of machines that have this repository take part, each with (after `npm run build`)
 *
 *     npx tfjs-discrete-search-worker --redis <url> --trial examples/papers/temperatureTrial.mjs
 */
import {mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import {Command, Option} from 'commander';
import {
  configurationsToCsv,
  diagonal,
  grid,
  heatMap,
  linePlot,
  search,
  sequential,
  toJson,
  trialsToCsv,
} from 'tfjs-discrete/search';
import {writeAtomically} from '../mnist/files.js';
import {whole} from '../mnist/numbers.js';
import {TASKS} from './tasks.js';
import {settingsOf} from './trial.js';

interface Options {
  task: string;
  strategy: 'grid' | 'sequential';
  estimator: string;
  forward?: number[];
  backward?: number[];
  temperature?: number[];
  rates?: number[];
  epochs: number;
  limit: number;
  seeds: number;
  workers: number;
  redis?: string;
  minimize: string;
  output: string;
}

/** The best pair that the papers found, forward and backward. */
const PAPERS_BEST: Readonly<Record<string, readonly [forward: number, backward: number]>> = {
  binaryAutoencoder: [0.3, 3],
  catae: [2, 0.5],
  categoricalVae: [1.6, 1.3],
  dln: [0.1, 2],
  sbn: [0.1, 0.7],
};

const numbers = (text: string, previous: number[] = []) => [...previous, Number(text)];

const command = new Command('node --import tsx examples/papers/temperatures.ts')
  .addOption(new Option('--task <name>', 'experiment').choices(Object.keys(TASKS)).default('sbn'))
  .addOption(new Option('--strategy <name>').choices(['grid', 'sequential']).default('grid'))
  .option('--estimator <id>', 'whose temperatures to tune', 'decoupled')
  .option('--forward <t...>', 'forward temperatures', numbers)
  .option('--backward <t...>', 'backward temperatures', numbers)
  .option('--temperature <t...>', 'one temperature for both, instead of a strategy', numbers)
  .option('--rates <r...>', 'learning rates (default: those that the experiment compares)', numbers)
  .option('--epochs <n>', 'of each run', whole(1), 10)
  .option('--limit <n>', 'use only the first n samples, of the test set too; 0 for all', whole(0), 0)
  .option('--seeds <n>', 'seeds 1 to n', whole(1), 1)
  .option('--workers <n>', 'threads; with --redis, 0 only hands out trials', whole(0), 1)
  .option('--redis <url>', 'shares the trials out to workers on other machines')
  .option('--minimize <metric>', 'bestValLoss or valLoss', 'bestValLoss')
  .option('--output <folder>', 'for journal, tables and figures', 'runs/papers/temperatures')
  .parse();

main(command.opts<Options>()).catch(({message}: Error) => command.error(`error: ${message}`));

async function main({task, strategy: kind, estimator, epochs, limit, seeds, workers, ...options}: Options) {
  const {redis, minimize, output, temperature} = options;
  const {forward = [0, 0.1, 0.4, 0.7, 1, 1.5], backward = [0.1, 0.4, 0.7, 1, 1.5, 2]} = options;
  if (workers === 0 && redis === undefined) throw new Error('--workers must be >= 1 without --redis, got 0.');
  const {name, configurations} = TASKS[task]!;
  const listed = configurations.flatMap(({learningRate}) => (learningRate as number | undefined) ?? []);
  const rates = options.rates ?? [...new Set(listed)];
  const learningRate = rates.length === 0 ? {} : {learningRate: rates};
  const strategy =
    temperature !== undefined
      ? diagonal({temperature, ...learningRate})
      : {grid, sequential}[kind]({
          forwardTemperature: forward,
          backwardTemperature: backward,
          ...learningRate,
        });
  await mkdir(output, {recursive: true});
  const result = await search({
    ...(workers > 0 ? {trial: new URL('./temperatureTrial.mjs', import.meta.url), workers} : {}),
    strategy,
    seeds: Array.from({length: seeds}, (_, index) => index + 1),
    minimize,
    settings: {...settingsOf(task), task, estimator, epochs, limit},
    journal: join(output, 'journal.jsonl'),
    redis,
  });

  const title = `${name}, ${estimator}, ${epochs} epochs`;
  await writeAtomically(join(output, 'result.json'), toJson(result));
  await writeAtomically(join(output, 'configurations.csv'), configurationsToCsv(result));
  await writeAtomically(join(output, 'trials.csv'), trialsToCsv(result));
  if (temperature === undefined) {
    const reference = referenceOn({forward, backward}, PAPERS_BEST[task]);
    await writeAtomically(join(output, 'heatMap.svg'), await heatMap(result, {title, ...reference}));
  }
  await writeAtomically(join(output, 'linePlot.svg'), await linePlot(result, {title}));
  console.log(configurationsToCsv(result));
  console.log(`best: ${JSON.stringify(result.best)}`);
}

/** The papers' best pair, for `heatMap`, where the map covers it. */
function referenceOn(
  {forward, backward}: {forward: readonly number[]; backward: readonly number[]},
  best: readonly [forward: number, backward: number] | undefined,
) {
  if (best === undefined) return {};
  const within = (value: number, axis: readonly number[]) =>
    value >= Math.min(...axis) && value <= Math.max(...axis);
  const [forwardTemperature, backwardTemperature] = best;
  if (!within(forwardTemperature, forward) || !within(backwardTemperature, backward)) return {};
  return {reference: {forwardTemperature, backwardTemperature, label: 'the paper’s best pair'}};
}
