import {memory, slice, type Tensor} from '@tensorflow/tfjs-core';
import {type LayersModel, sequential} from '@tensorflow/tfjs-layers';
import {callbacks, layers} from 'tfjs-discrete';
import {describe, expect, it} from 'vitest';
import {dense, estimatorIds, modelAround, SUBJECTS, temperaturesFor} from '../support/subjects.js';
import {uniformTensor} from '../support/values.js';

/** A leak of one tensor in any step shows; one estimator takes many more, for what happens rarely. */
const STEPS = 100;
const MANY_STEPS = 1000;

/** All kinds of unit that the estimator serves, one after the other. */
function everyUnit(estimator: string): LayersModel {
  const args = {estimator, seed: 2, ...temperaturesFor(estimator)};
  const serves = (unit: 'categorical' | 'binary') => estimatorIds(unit).includes(estimator);
  return sequential({
    layers: [
      dense({units: 4, inputShape: [3], activation: 'sigmoid', seed: 1}),
      ...(serves('categorical')
        ? [layers.decoupledCategorical({categories: 2, ...args}), layers.vectorQuantizer({codes: 3, ...args})]
        : []),
      ...(serves('binary') ? [layers.stochasticBinary({values: 'plusMinusOne', ...args})] : []),
      layers.logicGateLayer({units: 4, ...args}),
      dense({units: 1, seed: 3}),
    ],
  });
}

const PLAIN = SUBJECTS.filter(({discrete}) => !discrete);
const MODELS: {title: string; steps: number; build: () => LayersModel}[] = [
  ...estimatorIds('gate').map((estimator) => ({
    title: estimator,
    steps: estimator === 'decoupled' ? MANY_STEPS : STEPS,
    build: () => everyUnit(estimator),
  })),
  ...PLAIN.map((subject) => ({
    title: subject.title,
    steps: STEPS,
    build: () => modelAround(subject, subject.make()),
  })),
];

describe.each(MODELS)('$title', ({build, steps: all}) => {
  it(`leaves the number of tensors as it was after ${all} watched steps and predictions`, async () => {
    const start = memory().numTensors;
    const model = build();
    model.compile({loss: 'meanSquaredError', optimizer: 'sgd'});
    const x = uniformTensor([all, model.inputs[0]!.shape[1]!], -1, 1, 4);
    const y = uniformTensor([all, model.outputs[0]!.shape[1]!], -1, 1, 5);
    const one = slice(x, [0, 0], [1, -1]);
    const bothOnce = async (steps: number) => {
      const watching = callbacks.monitors({perLayer: true});
      await model.fit(x, y, {batchSize: all / steps, epochs: 1, verbose: 0, callbacks: watching});
      for (let i = 0; i < steps; i++) (model.predict(one) as Tensor).dispose();
    };
    await bothOnce(1);
    const before = memory().numTensors;
    await bothOnce(all);
    expect(memory().numTensors).toBe(before);
    for (const each of [x, y, one, model, model.optimizer]) each.dispose();
    expect(memory().numTensors).toBe(start);
  });
});
