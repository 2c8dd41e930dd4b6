import {type Tensor, train} from '@tensorflow/tfjs-core';
import {describe, expect, it} from 'vitest';
import type {DiscreteLayer} from '../../src/layers/index.js';
import {SAVING_TRIPS} from '../support/saving.js';
import {modelAround, SUBJECTS} from '../support/subjects.js';
import {uniformTensor} from '../support/values.js';
import 'tfjs-discrete';

const DISCRETE = SUBJECTS.filter(({discrete}) => discrete);
const take = (count: number) => (layer: DiscreteLayer) =>
  [layer.forwardTemperature, layer.backwardTemperature].slice(0, count);
const both = take(2);

const takesNone = ({make}: (typeof DISCRETE)[number]) =>
  (make() as DiscreteLayer).estimator.temperatures === 'none';

describe.each(DISCRETE.filter(takesNone))('temperatures of $title', ({make, layerClass}) => {
  it('are rejected, but for the 1 that configs carry', () => {
    const layer = make({temperature: 1, forwardTemperature: 1, backwardTemperature: 1}) as DiscreteLayer;
    layer.setTemperatures({temperature: 1});
    for (const field of ['temperature', 'forwardTemperature', 'backwardTemperature'] as const) {
      const message =
        `${layerClass.className}: \`${field}\` must be left out or 1, because estimator 'identity' takes ` +
        'no temperatures, got 3.';
      expect(() => make({[field]: 3})).toThrow(message);
      expect(() => layer.setTemperatures({[field]: 3})).toThrow(message);
      if (field === 'temperature') continue;
      expect(() => {
        layer[field] = 3;
      }).toThrow(message);
    }
    expect(both(layer)).toEqual([1, 1]);
  });
});

const DEFAULTS = {binary: [0.1, 0.7], categorical: [2, 0.5], gate: [0.01, 0.015]};

describe.each(DISCRETE.filter((subject) => !takesNone(subject)))('temperatures of $title', (subject) => {
  const {make} = subject;
  const name = subject.layerClass.className;
  const fresh = () => make() as DiscreteLayer;
  const two = fresh().estimator.temperatures === 'both';

  it(`start at ${two ? 'the pair of its kind of unit' : '1'}`, () => {
    const bare = new (subject.layerClass as never as new (args: object) => DiscreteLayer)({
      ...subject.required,
      estimator: fresh().estimator.id,
    });
    expect(both(bare)).toEqual(two ? DEFAULTS[bare.unit] : [1, 1]);
  });

  it('are set one by one, or together where the estimator has one', () => {
    const layer = fresh();
    const [previous] = both(layer);
    layer.backwardTemperature = 2.5;
    expect(both(layer)).toEqual(two ? [previous, 2.5] : [2.5, 2.5]);
    layer.forwardTemperature = 1.25;
    expect(both(layer)).toEqual(two ? [1.25, 2.5] : [1.25, 1.25]);
    layer.setTemperatures({temperature: 3});
    expect(both(layer)).toEqual([3, 3]);
    layer.setTemperatures({forwardTemperature: 4, backwardTemperature: 4});
    expect(both(layer)).toEqual([4, 4]);
  });

  it('stay where nothing is said of them', () => {
    const layer = fresh();
    layer.setTemperatures({temperature: 3});
    layer.setTemperatures({});
    expect(both(layer)).toEqual([3, 3]);
    layer.setTemperatures({forwardTemperature: 2, backwardTemperature: undefined} as never);
    expect(both(layer)).toEqual(two ? [2, 3] : [2, 2]);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, '1', null])('stay when set to %j', (value) => {
    const layer = fresh();
    const previous = both(layer);
    const shown = typeof value === 'string' ? `"${value}"` : value;
    const message = `${name}: \`backwardTemperature\` must be a finite number > 0, got ${shown}.`;
    expect(() => {
      layer.backwardTemperature = value as never;
    }).toThrow(message);
    expect(() => layer.setTemperatures({temperature: value as never})).toThrow(
      `${name}: \`temperature\` must be`,
    );
    expect(() => layer.setTemperatures({forwardTemperature: 2, backwardTemperature: value as never})).toThrow(
      `${name}: \`backwardTemperature\` must be`,
    );
    expect(both(layer)).toEqual(previous);
  });

  it('are 0 forward only where the estimator has two', () => {
    const layer = fresh();
    const freeze = () => {
      layer.forwardTemperature = 0;
    };
    const message = `${name}: \`forwardTemperature\` must be a finite number > 0, got 0.`;
    if (two) expect(freeze).not.toThrow();
    else expect(freeze).toThrow(message);
  });

  it('contradict one another loudly', () => {
    const layer = fresh();
    const previous = both(layer);
    expect(() => layer.setTemperatures({temperature: 2, forwardTemperature: 3})).toThrow(
      `${name}: \`forwardTemperature\` must be left out or equal to \`temperature\` (2), got 3.`,
    );
    const set = () => layer.setTemperatures({forwardTemperature: 2, backwardTemperature: 3});
    if (two) set();
    else expect(set).toThrow(`${name}: \`backwardTemperature\` must be equal to \`forwardTemperature\` (2)`);
    expect(both(layer)).toEqual(two ? [2, 3] : previous);
  });

  it('change between epochs and are saved as they are', async () => {
    const model = modelAround(subject, make());
    model.compile({loss: 'meanSquaredError', optimizer: train.sgd(0.1)});
    const layerOf = (from: typeof model) =>
      from.layers.find((layer) => 'estimator' in layer) as DiscreteLayer;
    const layer = layerOf(model);
    await model.fit(uniformTensor([16, 6], -1, 1, 1), uniformTensor([16, 2], -1, 1, 2), {
      epochs: 3,
      verbose: 0,
      callbacks: {
        onEpochBegin: async (epoch) => {
          layer.backwardTemperature = 4 - epoch;
          if (two) layer.forwardTemperature = 0.5 ** epoch;
        },
      },
    });
    expect(both(layer)).toEqual(two ? [0.25, 2] : [2, 2]);
    expect(both(layerOf(await SAVING_TRIPS.memory!(model)))).toEqual(both(layer));
  });
});

describe('the forward temperature', () => {
  it.each(DISCRETE.filter(({title}) => title.includes('decoupled') && !title.startsWith('Logic')))(
    'applies to the next sample of $title: 0 takes the mode',
    ({make}) => {
      const layer = make() as DiscreteLayer;
      const x = uniformTensor([64, 6], -1, 1, 3);
      const sample = (training: boolean) => [...(layer.apply(x, {training}) as Tensor).dataSync()];
      expect(sample(true)).not.toEqual(sample(false));
      layer.forwardTemperature = 0;
      expect(sample(true)).toEqual(sample(false));
    },
  );
});
