import {type Tensor, tensor} from '@tensorflow/tfjs-core';
import {input, type layers as keras, models, sequential} from '@tensorflow/tfjs-layers';
import {DiscreteLayer, layers} from 'tfjs-discrete';
import {describe, expect, it, vi} from 'vitest';
import type {BuiltInEstimatorId} from '../../src/functional/index.js';
import {BUILT_IN_ESTIMATORS} from '../../src/functional/index.js';
import {SUBJECTS} from '../support/subjects.js';

const KINDS = [...new Map(SUBJECTS.map((subject) => [subject.layerClass.className, subject])).values()];

describe.each(KINDS)('options of $layerClass.className', ({layerClass, make}) => {
  const {className} = layerClass;

  it('are rejected by name when unknown, and the nearest is suggested', () => {
    expect(() => make({nmae: 'a'})).toThrow(`${className}: unknown option \`nmae\`; did you mean \`name\`?`);
    expect(() => make({inputShap: [3]})).toThrow(
      `${className}: unknown option \`inputShap\`; did you mean \`inputShape\`?`,
    );
    expect(() => make({somethingElse: 1})).toThrow(
      `${className}: unknown option \`somethingElse\`; it takes \``,
    );
  });

  it('must be an object', () => {
    const construct = (args: unknown) => () => new layerClass(args as never);
    expect(construct(200)).toThrow(`${className}: \`args\` must be an object, got 200.`);
    expect(construct('name')).toThrow(`${className}: \`args\` must be an object, got "name".`);
    expect(construct(null)).toThrow(`${className}: \`args\` must be an object, got null.`);
  });

  it('may be unknown in a config that is loaded', async () => {
    const model = sequential({layers: [make({inputShape: [6]})]});
    const json = JSON.parse(model.toJSON() as string);
    const [found] = json.config.layers.slice(-1);
    found.config.of_a_later_release = 3;
    const loaded = await models.modelFromJSON(json);
    expect(loaded.layers.at(-1)!.getConfig()).toEqual(model.layers.at(-1)!.getConfig());
    expect(() => make({ofALaterRelease: 3})).toThrow('unknown option');
  });

  it('are checked again after a config that could not be loaded', () => {
    const load = () =>
      (layerClass as unknown as {fromConfig(cls: unknown, config: object): unknown}).fromConfig(layerClass, {
        ...make().getConfig(),
        name: 'broken',
        units: -1,
        groups: -1,
        thresholds: -1,
        levels: -1,
        codes: -1,
        categories: -1,
        values: 'none',
      });
    expect(load).toThrow(className);
    expect(() => make({nmae: 'a'})).toThrow('did you mean `name`?');
  });
});

describe('misspelt options', () => {
  it.each([
    [
      () => layers.stochasticBinary({forwardTemp: 1} as never),
      'StochasticBinary: unknown option `forwardTemp`',
    ],
    [
      () => layers.stochasticBinary({tf: 1} as never),
      'StochasticBinary: unknown option `tf`; did you mean `forwardTemperature`?',
    ],
    [() => layers.groupSum({group: 2} as never), 'GroupSum: unknown option `group`; did you mean `groups`?'],
    [
      () => layers.logicGateLayer({unit: 2} as never),
      'LogicGateLayer: unknown option `unit`; did you mean `units`?',
    ],
    [
      () => layers.decoupledCategorical({category: 2} as never),
      'DecoupledCategorical: unknown option `category`',
    ],
    [
      () => layers.vectorQuantizer({code: 2} as never),
      'VectorQuantizer: unknown option `code`; did you mean `codes`?',
    ],
    [() => layers.thermometerEncoding({threshold: 2} as never), 'did you mean `thresholds`?'],
    [() => layers.straightThroughRound({level: 2} as never), 'did you mean `levels`?'],
  ])('%s', (make, message) => {
    expect(make).toThrow(message);
  });

  it('are checked for subclasses with their own options', () => {
    class Coin extends DiscreteLayer {
      static readonly className = 'Coin';
      override readonly unit = 'binary';
      override readonly categoriesPerGroup = 2;
      constructor(args: object = {}) {
        super(args, 'binary', ['fairness']);
      }
    }
    expect(new Coin({fairness: 1}).name).toBeDefined();
    expect(() => new Coin({fairnes: 1})).toThrow('Coin: unknown option `fairnes`; did you mean `fairness`?');
  });
});

describe('the estimator of a layer', () => {
  it('cannot be assigned', () => {
    const layer = layers.stochasticBinary({name: 'bits'});
    expect(() => {
      layer.estimator = 'softmax' as never;
    }).toThrow(
      'StochasticBinary: `estimator` must be set when layer \'bits\' is made, not later, got "softmax".',
    );
    expect(layer.estimator.id).toBe('decoupled');
  });

  it('completes to the built-in ids', () => {
    const ids: Record<BuiltInEstimatorId, true> = {
      decoupled: true,
      softmax: true,
      identity: true,
      gumbel: true,
      decoupledGumbel: true,
      reinMax: true,
      gumbelSoftmax: true,
      soft: true,
    };
    expect(Object.keys(ids).sort()).toEqual(BUILT_IN_ESTIMATORS.map(({id}) => id).sort());
  });
});

describe('inputs of a logic-gate layer', () => {
  const warnings = (run: () => void): string[] => {
    const spy = vi.spyOn(console, 'warn').mockImplementation(() => {});
    try {
      run();
      return spy.mock.calls.map(([message]) => String(message));
    } finally {
      spy.mockRestore();
    }
  };
  const run = (layer: keras.Layer, values: number[], training = false) =>
    (layer.apply(tensor([values]), {training}) as Tensor).dispose();

  it('are at least two', () => {
    expect(() => layers.logicGateLayer({units: 2}).apply(input({shape: [1]}))).toThrow(
      'LogicGateLayer: `inputs` must be a whole number >= 2, got 1.',
    );
  });

  it.each([
    [[0, 2], '0 to 2'],
    [[-0.5, 1], '-0.5 to 1'],
  ])('%j are warned of once in evaluation and once in training', (values, range) => {
    const layer = layers.logicGateLayer({units: 4, name: 'gates'});
    const told = warnings(() => {
      for (const training of [false, true, false, true]) run(layer, values, training);
    });
    expect(told).toHaveLength(2);
    expect(told[0]).toContain(
      `LogicGateLayer: \`inputs\` of layer 'gates' should lie between 0 and 1, got ${range}.`,
    );
    expect(told[0]).toContain('thermometerEncoding');
  });

  it('between 0 and 1 cause no warning', () => {
    const layer = layers.logicGateLayer({units: 4});
    expect(warnings(() => run(layer, [0, 0.3, 1], true))).toEqual([]);
  });
});
