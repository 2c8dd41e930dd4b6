/**
 * Which estimator leaves fewest units dead on Fashion-MNIST?
 *
 * Trains the stochastic binary network with each estimator from the same weights, on the same batches in the
 * same order, and prints validation figures and dead units side by side. A unit is dead when the mean loss of
 * its batch moves by less than 1e-5 per nat of its logit, on average over the epoch's samples. The count depends
 * strongly on that threshold: with 1e-3 of a sample's own loss it is a third less. `docs/results/deadUnits.md` says
 * why this absolute threshold, and not the relative default of `callbacks.deadUnits`, tells estimators apart.
 *
 *     node --import tsx examples/estimators.ts --epochs 12
 */
import {train} from '@tensorflow/tfjs-core';
import {Command} from 'commander';
import {callbacks} from 'tfjs-discrete';
import {useBackend} from 'tfjs-discrete/node';
import {shuffledBatches, testBatches} from './mnist/data/batches.js';
import {type Dataset, loadDataset} from './mnist/data/datasets.js';
import {whole} from './mnist/numbers.js';
import {sbn} from './mnist/tasks/sbn.js';

/** The values of one epoch, by key. */
type Figures = Readonly<Record<string, number>>;

/** 1e-5 of the batch's mean loss, as a part of each sample's own. */
const DEAD_BELOW = 1e-5 * sbn.defaults.batchSize;

const ESTIMATORS = [
  {estimator: 'decoupled', forwardTemperature: 0.1, backwardTemperature: 0.7},
  {estimator: 'softmax', forwardTemperature: 1, backwardTemperature: 1},
  {estimator: 'gumbel', forwardTemperature: 1, backwardTemperature: 1},
];

interface Options {
  epochs: number;
  seed: number;
  limit?: number;
}

const {epochs, seed, limit} = new Command('node --import tsx examples/estimators.ts')
  .description('Which estimator leaves fewest units dead on Fashion-MNIST?')
  .option('--epochs <n>', 'passes over the training set', whole(1), 12)
  .option('--seed <n>', 'the same seed, the same figures', whole(0), 1)
  .option('--limit <n>', 'use only the first n images of the training and of the test set', whole(1))
  .parse()
  .opts<Options>();

console.log((await useBackend()).message);
const data = await loadDataset('fashion-mnist', limit);
const results: {name: string; rows: readonly Figures[]}[] = [];
for (const choice of ESTIMATORS) {
  const {estimator, forwardTemperature: forward, backwardTemperature: backward} = choice;
  const name = `${estimator} (${forward === backward ? forward : `${forward}, ${backward}`})`;
  console.log(`\n${name}`);
  results.push({name, rows: await trainWith(choice, data)});
}

console.log(`\nAfter ${epochs} epochs, seed ${seed}; in brackets the best epoch's`);
console.log(
  `  ${'estimator'.padEnd(22)}${'val accuracy'.padStart(20)}${'val loss'.padStart(18)}${'dead units'.padStart(14)}`,
);
for (const {name, rows} of results) {
  const last = rows.at(-1)!;
  const best = (key: string, choose: (...values: number[]) => number) =>
    choose(...rows.map((row) => row[key]!));
  const percent = (share: number) => (100 * share).toFixed(2);
  const accuracy = `${percent(last.val_acc!)} % (${percent(best('val_acc', Math.max))})`;
  const loss = `${last.val_loss!.toFixed(4)} (${best('val_loss', Math.min).toFixed(4)})`;
  const dead = `${last.deadUnits!.toFixed(2)} %`;
  console.log(`  ${name.padEnd(22)}${accuracy.padStart(20)}${loss.padStart(18)}${dead.padStart(14)}`);
}

async function trainWith(choice: (typeof ESTIMATORS)[number], images: Dataset): Promise<readonly Figures[]> {
  const {target, loss, metrics, defaults} = sbn;
  const model = sbn.build(images, {...choice, seed});
  model.compile({optimizer: train.adam(defaults.learningRate), loss, metrics});
  const batches = shuffledBatches(images, target, defaults.batchSize, seed);
  const {history} = await model.fitDataset(batches, {
    epochs,
    validationData: testBatches(images, target),
    callbacks: [callbacks.monitors({threshold: DEAD_BELOW}), callbacks.progress()],
    verbose: 0,
  });
  model.dispose();
  const values = Object.entries(history as Record<string, number[]>);
  return Array.from({length: epochs}, (_, epoch) =>
    Object.fromEntries(values.map(([key, list]) => [key, list[epoch]!])),
  );
}
