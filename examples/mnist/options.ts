import {existsSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {Command, InvalidArgumentError, Option} from 'commander';
import {functional} from 'tfjs-discrete';
import type {BackendName} from 'tfjs-discrete/node';
import {DATASETS} from './data/datasets.js';
import {nonNegative, positive, whole} from './numbers.js';
import {type DiscreteArgs, TASKS, type Task, type TaskName} from './tasks/index.js';

/** A run, fully decided: what was asked for, and the task's defaults for the rest. */
export interface Settings {
  readonly task: TaskName;
  readonly dataset: string;
  readonly discrete: DiscreteArgs;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly seed: number;
  readonly backend: BackendName;
  readonly output: string;
  /** Whether to continue the run in `output`. */
  readonly resume: boolean;
  /** At most so many images of the training and of the test set. */
  readonly limit?: number;
}

/** What the command line says, before the task's defaults. */
interface Given {
  task: TaskName;
  dataset: string;
  estimator: string;
  forwardTemperature?: number;
  backwardTemperature?: number;
  temperature?: number;
  epochs?: number;
  batchSize?: number;
  learningRate?: number;
  seed: number;
  backend: BackendName;
  output?: string;
  resume?: boolean;
  limit?: number;
}

const BACKENDS: BackendName[] = ['auto', 'wasm', 'tensorflow', 'webgpu', 'cpu'];

/**
 * Reads the command line; `--help` and mistakes end the process, a mistake with one line that names the
 * option and its value.
 *
 * @param args Arguments after the program's name.
 */
export function readOptions(args: readonly string[]): Settings {
  const command = describeOptions();
  const given = command.parse(args, {from: 'user'}).opts<Given>();
  try {
    return settle(given);
  } catch (error) {
    return command.error(`error: ${(error as Error).message}`);
  }
}

function describeOptions(): Command {
  const estimators = functional.knownEstimators().map(({id}) => id);
  return new Command('npm start --')
    .description(
      'Trains a network with discrete layers on MNIST, watches it, saves it, loads it in a fresh process and\n' +
        'checks that it predicts the same. Tasks:\n' +
        Object.entries(TASKS)
          .map(([name, {title}]) => `  ${name.padEnd(6)} ${title}`)
          .join('\n'),
    )
    .addOption(new Option('--task <name>', 'what to train').choices(Object.keys(TASKS)).default('sbn'))
    .addOption(
      new Option(
        '--dataset <name|directory>',
        `${DATASETS.join(', ')}, or a directory with the four IDX files, plain or as .gz`,
      )
        .argParser(datasetOrDirectory)
        .default('mnist'),
    )
    .addOption(
      new Option('--estimator <id>', 'how gradients pass the discrete units')
        .choices(estimators)
        .default('decoupled'),
    )
    .option(
      '--forward-temperature <t>',
      `for sampling; 0 means the mode ${perTask('forwardTemperature')}`,
      nonNegative,
    )
    .option('--backward-temperature <t>', `of the gradient ${perTask('backwardTemperature')}`, positive)
    .option('--temperature <t>', 'sets both; 1 for an estimator with a single temperature', positive)
    .option('--epochs <n>', `passes over the training set ${perTask('epochs')}`, whole(1))
    .option('--batch-size <n>', `images per step ${perTask('batchSize')}`, whole(1))
    .option('--learning-rate <r>', `of Adam ${perTask('learningRate')}`, positive)
    .option('--seed <n>', 'the same seed, the same run', whole(0), 1)
    .addOption(
      new Option('--backend <name>', 'where TensorFlow.js computes').choices(BACKENDS).default('auto'),
    )
    .option('--output <folder>', 'for model, report and events (default: runs/<task>)', folder)
    .option('--resume', 'continue the run in the output folder after its last whole epoch')
    .option('--limit <n>', 'use only the first n images of the training and of the test set', whole(1))
    .configureHelp({helpWidth: 110})
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  npm start\n' +
        '  npm start -- --task gates --dataset fashion-mnist\n' +
        '  npm start -- --task catae --estimator gumbel --temperature 0.7 --epochs 20\n' +
        '  npm start -- --epochs 10 --resume\n' +
        '\nCtrl-C finishes the batch, saves what there is and ends; a second Ctrl-C ends at once.',
    );
}

/** Fills in the task's defaults and checks what no option can check alone. */
function settle(given: Given): Settings {
  const {task: name, dataset, seed, backend, limit} = given;
  const task = TASKS[name];
  return {
    task: name,
    dataset,
    discrete: {estimator: given.estimator, seed, ...settleTemperatures(task, given)},
    epochs: given.epochs ?? task.defaults.epochs,
    batchSize: given.batchSize ?? task.defaults.batchSize,
    learningRate: given.learningRate ?? task.defaults.learningRate,
    seed,
    backend,
    output: given.output ?? join('runs', name),
    resume: given.resume ?? false,
    limit,
  };
}

type Temperatures = Pick<DiscreteArgs, 'forwardTemperature' | 'backwardTemperature'>;

function settleTemperatures({unit, defaults}: Task, given: Given): Temperatures {
  const {temperature, forwardTemperature, backwardTemperature} = given;
  const {id, units, temperatures, lowestTemperature} = functional
    .knownEstimators()
    .find((known) => known.id === given.estimator)!;
  if (units !== undefined && !units.includes(unit)) {
    throw new Error(`option '--estimator ${id}' does not serve the ${unit} units of '--task ${given.task}'.`);
  }
  const named = [
    ['--temperature', temperature],
    ['--forward-temperature', forwardTemperature],
    ['--backward-temperature', backwardTemperature],
  ].filter(([, value]) => value !== undefined) as [string, number][];
  const [first, ...others] = named;
  if (temperatures === 'none') {
    if (first === undefined) return {};
    throw new Error(`option '${first.join(' ')}' has no meaning: estimator '${id}' has no temperature.`);
  }
  for (const other of temperature !== undefined || temperatures === 'one' ? others : []) {
    if (other[1] === first![1]) continue;
    const reason = temperature === undefined ? `: estimator '${id}' has a single temperature` : '';
    throw new Error(`option '${other.join(' ')}' contradicts '${first!.join(' ')}'${reason}.`);
  }
  for (const [option, value] of named) {
    if (lowestTemperature === undefined || value >= lowestTemperature) continue;
    throw new Error(`option '${option} ${value}' must be >= ${lowestTemperature} for estimator '${id}'.`);
  }
  if (temperatures === 'one') {
    const single = first?.[1] ?? 1;
    if (single === 0) throw new Error(`option '${first!.join(' ')}' must be > 0 for estimator '${id}'.`);
    return {forwardTemperature: single, backwardTemperature: single};
  }
  return {
    forwardTemperature: temperature ?? forwardTemperature ?? defaults.forwardTemperature,
    backwardTemperature: temperature ?? backwardTemperature ?? defaults.backwardTemperature,
  };
}

/** The defaults of a setting, such as "(default: sbn 5, catae 4)". */
function perTask(setting: keyof Task['defaults']): string {
  return `(default: ${Object.entries(TASKS)
    .map(([name, {defaults}]) => `${name} ${defaults[setting]}`)
    .join(', ')})`;
}

function datasetOrDirectory(value: string): string {
  if ((DATASETS as readonly string[]).includes(value) || isDirectory(value)) return value;
  throw new InvalidArgumentError(`It must be one of ${DATASETS.join(', ')}, or a directory.`);
}

function folder(path: string): string {
  if (path !== '' && (!existsSync(path) || isDirectory(path))) return path;
  throw new InvalidArgumentError('It must be a folder, or a new name for one.');
}

const isDirectory = (path: string) => statSync(path, {throwIfNoEntry: false})?.isDirectory() === true;
