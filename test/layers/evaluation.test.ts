import type {Tensor} from '@tensorflow/tfjs-core';
import {describe, expect, it} from 'vitest';
import type {DiscreteLayer} from '../../src/layers/index.js';
import {SAVING_TRIPS} from '../support/saving.js';
import {modelAround, SUBJECTS} from '../support/subjects.js';
import {numbersOf, uniformTensor} from '../support/values.js';
import 'tfjs-discrete';

describe.each(SUBJECTS.filter(({random}) => random))('evaluation of $title', (subject) => {
  const x = uniformTensor([64, 6], 0, 1, 3);
  const fresh = () => {
    const layer = subject.make() as DiscreteLayer;
    return {layer, predict: () => numbersOf(layer.apply(x) as Tensor)};
  };

  it('takes the mode, samples once it is set to, and goes back', () => {
    const {layer, predict} = fresh();
    expect(layer.evaluation).toBe('mode');
    const mode = predict();
    layer.evaluation = 'sample';
    expect(predict()).not.toEqual(predict());
    layer.evaluation = 'mode';
    expect(predict()).toEqual(mode);
  });

  it('stays where it is set to something else', () => {
    const {layer} = fresh();
    expect(() => {
      layer.evaluation = 'draw' as never;
    }).toThrow(
      `${subject.layerClass.className}: \`evaluation\` must be one of 'mode', 'sample', got "draw".`,
    );
    expect(layer.evaluation).toBe('mode');
  });

  it('is saved with its current value', async () => {
    const {layer} = fresh();
    const model = modelAround(subject, layer);
    layer.evaluation = 'sample';
    const loaded = await SAVING_TRIPS.memory!(model);
    const found = loaded.layers.find((one) => 'estimator' in one) as DiscreteLayer;
    expect(found.evaluation).toBe('sample');
  });
});
