/**
 * What becomes of a trained logic-gate network as a circuit: how small, how fast, and is it still as accurate?
 *
 * Trains a network of gates on MNIST, reads it as a circuit, simplifies it, checks that this changed nothing, compiles it
 * to WebAssembly, and writes everything into a folder, with a page on which one can draw a digit. The accuracies of the
 * network as it predicts, of the circuit and of the WebAssembly module have to be equal.
 *
 *     node --import tsx examples/circuit.ts --epochs 10
 *     npx http-server runs/circuit        # or any other server of files; then draw a digit
 */
import {copyFileSync, existsSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {gzipSync} from 'node:zlib';
import {type Tensor, tidy, train} from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-layers';
import {Command, Option} from 'commander';
import {layers} from 'tfjs-discrete';
import {Circuit, checkEquivalence} from 'tfjs-discrete/circuit';
import {saveCircuit, useBackend} from 'tfjs-discrete/node';
import {shuffledBatches, testBatches} from './mnist/data/batches.js';
import {loadDataset} from './mnist/data/datasets.js';
import {whole} from './mnist/numbers.js';

interface Options {
  epochs: number;
  layers: number;
  gates: number;
  estimator: 'decoupled' | 'soft';
  seed: number;
  limit?: number;
  output: string;
}

const {
  epochs,
  layers: depth,
  gates,
  estimator,
  seed,
  limit,
  output,
} = new Command('node --import tsx examples/circuit.ts')
  .description('What becomes of a trained logic-gate network as a circuit?')
  .option('--epochs <n>', 'passes over the training set', whole(1), 10)
  .option('--layers <n>', 'layers of gates', whole(1), 2)
  .option('--gates <n>', 'gates of each layer, a multiple of 10', whole(10), 5500)
  .addOption(
    new Option('--estimator <id>', 'how gates are trained')
      .choices(['decoupled', 'soft'])
      .default('decoupled'),
  )
  .option('--seed <n>', 'the same seed, the same figures', whole(0), 1)
  .option('--limit <n>', 'use only the first n images of the training and of the test set', whole(1))
  .option('--output <folder>', 'where the circuit and its page go', 'runs/circuit')
  .parse()
  .opts<Options>();

if (existsSync(join(output, 'circuit.json'))) {
  console.warn(`warning: this run replaces the circuit in ${output} once it has trained`);
}
console.log((await useBackend()).message);
const data = await loadDataset('mnist', limit);
const pixels = data.test.height * data.test.width;
const temperatures =
  estimator === 'soft' ? {temperature: 1} : {forwardTemperature: 0.1, backwardTemperature: 2};
// Deep networks learn from gates that pass their first input on; two layers are too few for that.
const gateInitializer = depth > 2 ? 'residual' : 'randomNormal';
const gateLayers = Array.from({length: depth}, (_, i) =>
  layers.logicGateLayer({
    name: `gates${i + 1}`,
    units: gates,
    connections: 'random',
    gateInitializer,
    residualProbability: 0.951, // with which docs/guide/circuits.md was measured
    estimator,
    seed,
    ...temperatures,
  }),
);
const model = tf.sequential({
  layers: [
    layers.thermometerEncoding({thresholds: [0.25, 0.5, 0.75], inputShape: [pixels]}),
    ...gateLayers,
    layers.groupSum({groups: data.classes, temperature: 10, name: 'scores'}),
    tf.layers.softmax(),
  ],
});
model.compile({optimizer: train.adam(0.02), loss: 'categoricalCrossentropy', metrics: ['accuracy']});

const started = performance.now();
await model.fitDataset(shuffledBatches(data, 'labels', 100, seed), {
  epochs,
  verbose: 0,
  callbacks: {
    onEpochEnd: async (epoch, logs) =>
      console.log(
        `epoch ${epoch + 1}: loss ${logs!.loss!.toFixed(4)}, accuracy ${percent(logs!.acc as number)}`,
      ),
  },
});
const trainingSeconds = (performance.now() - started) / 1000;

/** The model's scores on the test images, as it is set to evaluate. */
async function modelAccuracy(): Promise<number> {
  const [, accuracy] = (await model.evaluateDataset(testBatches(data, 'labels'), {})) as Tensor[];
  return tidy(() => accuracy!.dataSync()[0]!);
}
for (const layer of gateLayers) layer.evaluation = 'sample';
const asTrained = await modelAccuracy();
for (const layer of gateLayers) layer.evaluation = 'mode';
const discrete = await modelAccuracy();

const circuit = Circuit.fromModel(model, {
  lastLayer: 'scores',
  scoreNames: Array.from({length: data.classes}, (_, digit) => `digit ${digit}`),
}).forBytes({divisor: 255});
const {circuit: simplified, report} = circuit.simplify();
const equivalence = checkEquivalence(circuit, simplified);
const compiled = await simplified.compile();

const {count, labels} = data.test;
const images = data.test.pixels.subarray(0, count * pixels);
const accuracies = {
  [estimator === 'soft' ? 'model, soft as trained' : 'model, gates sampled as trained']: asTrained,
  'model, modes of gates': discrete,
  'circuit in JavaScript': accuracyOf(circuit.evaluate(images)),
  'simplified circuit in JavaScript': accuracyOf(simplified.evaluate(images)),
  'simplified circuit in WebAssembly': accuracyOf(compiled.evaluate(images)),
};
console.log(
  `\nAccuracy on ${count} test images, after ${epochs} epochs (${trainingSeconds.toFixed(0)} s), seed ${seed}`,
);
for (const [name, accuracy] of Object.entries(accuracies))
  console.log(`  ${name.padEnd(36)}${percent(accuracy)}`);

const {before, after, removed} = report;
console.log(
  `\nSimplified: ${before.gates} gates of depth ${before.depth} became ${after.gates} of depth ${after.depth}`,
);
console.log(
  `  ${percent(removed)} of the gates are gone; ${after.bits} of ${before.bits} input bits are read`,
);
const proof = equivalence.exhaustive
  ? 'all inputs'
  : `${equivalence.vectors.toLocaleString('en')} random inputs`;
console.log(`  equivalent on ${proof}: ${equivalence.equal}`);
const histogram = Object.entries(after.histogram).filter(([, times]) => times > 0);
console.log(`  ${histogram.map(([gate, times]) => `${gate} ${times}`).join(', ')}`);

console.log(
  `\nCompiled in ${compiled.compileMilliseconds.toFixed(0)} ms, ${compiled.simd ? 'with' : 'without'} SIMD`,
);
console.log(
  `  ${(throughput() / 1e6).toFixed(2)} million images per second on one thread, bytes in, scores out`,
);
const sizes = await saveCircuit(simplified, output);
const zipped = gzipSync(compiled.wasm, {level: 9}).length;
console.log(
  `  ${Object.entries(sizes)
    .map(([name, bytes]) => `${name} ${kilobytes(bytes)}`)
    .join(', ')}`,
);
console.log(`  circuit.wasm gzipped ${kilobytes(zipped)}`);
for (const file of ['index.html', 'page.js']) {
  copyFileSync(fileURLToPath(new URL(`circuit-page/${file}`, import.meta.url)), join(output, file));
}
console.log(`\nWritten to ${output}, with a page to draw digits on.`);

const equal = [accuracies['circuit in JavaScript'], accuracies['simplified circuit in JavaScript'], discrete];
if (
  !equivalence.equal ||
  equal.some((accuracy) => Math.abs(accuracy! - accuracyOf(compiled.evaluate(images))) > 1e-6)
) {
  console.error('The circuit does not do what the model does.');
  process.exitCode = 1;
}

/** The share of images whose label has the highest score, the first of equal ones, as in TensorFlow.js. */
function accuracyOf(scores: Float32Array): number {
  let right = 0;
  for (let i = 0; i < count; i++) {
    const row = scores.subarray(i * data.classes, (i + 1) * data.classes);
    if (row.indexOf(Math.max(...row)) === labels[i]) right++;
  }
  return right / count;
}

/** Images per second: the best of several passes over the test images. */
function throughput(): number {
  let best = Number.POSITIVE_INFINITY;
  for (let pass = 0; pass < 30; pass++) {
    const start = performance.now();
    compiled.evaluate(images);
    best = Math.min(best, performance.now() - start);
  }
  return (1000 * count) / best;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
