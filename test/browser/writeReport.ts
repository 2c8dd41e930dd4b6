import {oneHot, randomUniform, setBackend, tensor1d} from '@tensorflow/tfjs-core';
import {layers as keras, sequential} from '@tensorflow/tfjs-layers';
import {callbacks, layers, setSeed} from 'tfjs-discrete';

const [SIZE, CLASSES, SAMPLES] = [6, 10, 60];

/**
 * Trains a small classifier of images in Node and has `callbacks.report` write its page: curves, gates, a confusion matrix of
 * ten classes, mistakes, settings and a layer with a long name.
 *
 * @returns The history by key, which the page has to show.
 */
export async function writeReport(file: string): Promise<Record<string, number[]>> {
  await setBackend('cpu');
  setSeed(1);
  const model = sequential({
    layers: [
      keras.dense({units: 32, inputShape: [SIZE * SIZE]}),
      layers.stochasticBinary({name: 'bitsOfTheFirstHiddenLayer', seed: 1}),
      layers.logicGateLayer({name: 'gates', units: 40, seed: 1}),
      keras.dense({units: CLASSES, activation: 'softmax'}),
    ],
  });
  model.compile({optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy']});
  const x = randomUniform([SAMPLES, SIZE * SIZE], 0, 1, 'float32', 1);
  const labels = Array.from({length: SAMPLES}, (_, i) => i % CLASSES);
  const about = {
    title: 'A run with a title that has to wrap on a phone',
    outcome: 'Four epochs.',
    settings: {
      'learning rate': 0.001,
      'batch size': 20,
      data: 'runs/a/long/path/to/some/data/of/which/nobody/knows',
    },
    images: {x, y: labels, shape: [SIZE, SIZE]},
  };
  const {history} = await model.fit(x, oneHot(tensor1d(labels, 'int32'), CLASSES), {
    epochs: 4,
    batchSize: 20,
    validationSplit: 0.2,
    verbose: 0,
    callbacks: [callbacks.monitors(), callbacks.report(file, about)],
  });
  return history as Record<string, number[]>;
}
