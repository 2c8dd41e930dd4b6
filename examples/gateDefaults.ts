/**
 * Which defaults let a logic-gate network learn MNIST in three epochs with Adam at its default rate?
 *
 * Trains thermometer encoding (3 thresholds), `depth` layers of `width` gates, GroupSum and softmax, and appends one line of JSON per run:
 * the settings and, per epoch, the validation accuracy (every gate by its mode) and the training accuracy (gates sampled).
 * Without options it is the network as a newcomer writes it, at the package's defaults.
 *
 *     node --import tsx examples/gateDefaults.ts --depths 1 2 4 6 --batch-size 128 --output gateDefaults.jsonl
 */
import {appendFileSync} from 'node:fs';
import {mul, type Tensor, tidy, train} from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-layers';
import {Command} from 'commander';
import {layers} from 'tfjs-discrete';
import {useBackend} from 'tfjs-discrete/node';
import {shuffledBatches, testBatches} from './mnist/data/batches.js';
import {loadDataset} from './mnist/data/datasets.js';
import {whole} from './mnist/numbers.js';

interface Options {
  depths: string[];
  widths: string[];
  learningRate: string;
  batchSize: number;
  epochs: number;
  seed: number;
  limit?: number;
  forward?: string;
  backward?: string;
  groupTemperature?: string;
  normal?: string;
  connections: 'random' | 'unique';
  output?: string;
}

const options = new Command('node --import tsx examples/gateDefaults.ts')
  .description('Which defaults let a logic-gate network learn?')
  .option('--depths <n...>', 'numbers of layers', ['2'])
  .option('--widths <n...>', 'gates per layer', ['4000'])
  .option('--learning-rate <rate>', 'of Adam', '0.001')
  .option('--batch-size <n>', 'images per step', whole(1), 32)
  .option('--epochs <n>', 'passes over the training set', whole(1), 3)
  .option('--seed <n>', 'the same seed, the same figures', whole(0), 1)
  .option('--limit <n>', 'use only the first n images of the training and of the test set', whole(1))
  .option('--forward <t>', 'forward temperature; left out: the default')
  .option('--backward <t>', 'backward temperature; left out: the default')
  .option('--group-temperature <t>', 'of GroupSum; left out: the default')
  .option('--normal <deviation>', 'normal gate logits of this standard deviation in place of residual ones')
  .option('--connections <kind>', 'random or unique', 'random')
  .option('--output <file>', 'where a line of JSON per run is appended')
  .parse()
  .opts<Options>();

const number = (text?: string) => (text === undefined ? undefined : Number(text));
const given = (args: object) =>
  Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));

function network(depth: number, units: number): tf.Sequential {
  const {forward, backward, groupTemperature, normal, connections, seed} = options;
  const gates = given({
    units,
    forwardTemperature: number(forward),
    backwardTemperature: number(backward),
    gateInitializer: normal === undefined ? undefined : 'randomNormal',
    connections,
    seed,
  }) as {units: number};
  const model = tf.sequential();
  model.add(layers.thermometerEncoding({thresholds: 3, inputShape: [784]}));
  for (let layer = 0; layer < depth; layer++) model.add(layers.logicGateLayer(gates));
  model.add(layers.groupSum({groups: 10, ...given({temperature: number(groupTemperature)})}));
  model.add(tf.layers.softmax());
  if (normal !== undefined) scaleGates(model, Number(normal));
  return model;
}

/** Multiplies standard normal gate logits. */
function scaleGates(model: tf.Sequential, deviation: number): void {
  for (const layer of model.layers.slice(1, -2)) {
    tidy(() => {
      const [gates, ...rest] = layer.getWeights() as [Tensor, ...Tensor[]];
      layer.setWeights([mul(gates, deviation), ...rest]);
    });
  }
}

const percent = (accuracies: unknown) =>
  (accuracies as number[]).map((one) => Number((100 * one).toFixed(1)));

console.log((await useBackend()).message);
const data = await loadDataset('mnist', options.limit);
for (const width of options.widths.map(Number)) {
  for (const depth of options.depths.map(Number)) {
    const {learningRate, batchSize, epochs, seed, forward, backward, groupTemperature, normal, connections} =
      options;
    const model = network(depth, width);
    const optimizer = train.adam(Number(learningRate));
    model.compile({optimizer, loss: 'categoricalCrossentropy', metrics: ['accuracy']});
    const {history} = await model.fitDataset(shuffledBatches(data, 'labels', batchSize, seed), {
      epochs,
      validationData: testBatches(data, 'labels'),
      verbose: 0,
    });
    const run = {
      depth,
      width,
      learningRate: Number(learningRate),
      batchSize,
      ...given({forward, backward, groupTemperature, normal}),
      connections,
      seed,
      validationAccuracy: percent(history.val_acc),
      trainingAccuracy: percent(history.acc),
    };
    console.log(JSON.stringify(run));
    if (options.output !== undefined) appendFileSync(options.output, `${JSON.stringify(run)}\n`);
    model.dispose();
    optimizer.dispose();
  }
}
