/**
 * Does a warm-up keep the papers' categorical autoencoder from collapsing at learning rate 1e-3?
 *
 * MNIST through four categorical variables of eight categories, 784-512-256-32 and mirrored with ReLU, batches of 200, PyTorch's
 * initialization (arXiv:2410.13331, section 5.1.2). Trained twice from the same weights: with a constant rate, and with one
 * that rises over the first 2,000 steps. Perplexity says how many of the eight categories are in use; 1 is a collapse.
 *
 *     node --import tsx examples/warmUp.ts --epochs 12
 */
import {layers as keras, sequential} from '@tensorflow/tfjs-layers';
import {Command} from 'commander';
import {callbacks, functional, layers, optimizers} from 'tfjs-discrete';
import {useBackend} from 'tfjs-discrete/node';
import {shuffledBatches, testBatches} from './mnist/data/batches.js';
import {loadDataset} from './mnist/data/datasets.js';
import {whole} from './mnist/numbers.js';
import {uniformInitialization} from './mnist/tasks/initializers.js';

const {epochs, seed, steps, limit} = new Command('node --import tsx examples/warmUp.ts')
  .description('Does a warm-up keep the categorical autoencoder from collapsing at learning rate 1e-3?')
  .option('--epochs <n>', 'passes over the training set', whole(1), 12)
  .option('--seed <n>', 'the same seed, the same figures', whole(0), 1)
  .option('--steps <n>', 'length of the warm-up', whole(1), 2_000)
  .option('--limit <n>', 'use only the first n images of the training and of the test set', whole(1))
  .parse()
  .opts<{epochs: number; seed: number; steps: number; limit?: number}>();

console.log((await useBackend()).message);
const data = await loadDataset('mnist', limit);
const {warmUp} = functional.schedules;
for (const [name, learningRate] of Object.entries({constant: 1e-3, 'warm-up': warmUp(1e-3, steps)})) {
  const {loss, val_loss, ...rest} = await train(learningRate);
  console.log(`\n${name}`);
  loss!.forEach((value, epoch) => {
    const [validation, categories] = [val_loss![epoch]!, rest['perplexity/code']![epoch]!];
    console.log(
      `  epoch ${String(epoch + 1).padStart(3)}  loss ${value.toFixed(4)}  val loss ${validation.toFixed(4)}  ` +
        `categories ${categories.toFixed(2)} of 8`,
    );
  });
}

async function train(learningRate: number | functional.Schedule): Promise<Record<string, number[]>> {
  const from = uniformInitialization(seed);
  const dense = (units: number, inputs: number, activation: 'relu' | 'linear' | 'sigmoid' = 'relu') =>
    keras.dense({units, activation, inputShape: [inputs], ...from(inputs)});
  const code = layers.decoupledCategorical({
    ...{name: 'code', categories: 8, forwardTemperature: 2, backwardTemperature: 0.5, seed},
  });
  const model = sequential({
    layers: [
      ...[dense(512, 784), dense(256, 512), dense(32, 256, 'linear'), code],
      ...[dense(256, 32), dense(512, 256), dense(784, 512, 'sigmoid')],
    ],
  });
  model.compile({optimizer: optimizers.adam({learningRate}), loss: 'binaryCrossentropy'});
  const {history} = await model.fitDataset(shuffledBatches(data, 'images', 200, seed) as never, {
    epochs,
    validationData: testBatches(data, 'images') as never,
    callbacks: [callbacks.perplexity()],
    verbose: 0,
  });
  model.optimizer.dispose();
  model.dispose();
  return history as Record<string, number[]>;
}
