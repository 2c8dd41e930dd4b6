import {memory} from '@tensorflow/tfjs-core';
import {sequential} from '@tensorflow/tfjs-layers';
import * as fc from 'fast-check';
import {layers} from 'tfjs-discrete';
import {describe, expect, it} from 'vitest';
import {LAYER_CLASSES} from '../../src/layers/index.js';
import {CONFIG_SPACES} from '../support/configs.js';
import {throughJson} from '../support/saving.js';
import {type Args, type Layer, SUBJECTS} from '../support/subjects.js';

const CHECKS = {seed: 20_241_018, numRuns: 1000};

/** How an error shows a value: strings quoted, lists in brackets. */
function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return Array.isArray(value) ? `[${value.map(shown)}]` : String(value);
}

/** What a config says of the arguments: an estimator's `temperature` stands under both names. */
function inConfig({temperature, ...args}: Args): Args {
  if (temperature === undefined) return args;
  if (!('estimator' in args)) return {...args, temperature};
  return {...args, forwardTemperature: temperature, backwardTemperature: temperature};
}

it('generates configs for every layer', () => {
  expect(new Set(CONFIG_SPACES.map(({layerClass}) => layerClass))).toEqual(new Set(LAYER_CLASSES));
});

describe.each(CONFIG_SPACES)('$layerClass.className', ({layerClass, valid, sound, bad, misfits}) => {
  const name = layerClass.className;
  const make = layerClass as unknown as {
    new (args: Args): Layer;
    fromConfig(cls: unknown, config: unknown): Layer;
  };

  it("brings every config back from a model's JSON unchanged", async () => {
    const check = fc.asyncProperty(valid, async ({args, width}) => {
      const layer = new make({...args, inputShape: [width]});
      const model = sequential({layers: [layer]});
      const config = layer.getConfig();
      expect(config).toMatchObject(inConfig(args));
      const copy = await throughJson(model);
      expect(copy.layers.at(-1)).toBeInstanceOf(layerClass);
      expect(copy.layers.at(-1)!.getConfig()).toEqual(config);
      const again = make.fromConfig(layerClass, JSON.parse(JSON.stringify(config)));
      expect(again.getConfig()).toEqual(config);
      for (const each of [model, copy]) each.dispose();
    });
    const before = memory().numTensors;
    await fc.assert(check, CHECKS);
    expect(memory().numTensors).toBe(before);
  });

  it('rejects every bad argument by name and value, and builds nothing', () => {
    const before = memory().numTensors;
    fc.assert(
      fc.property(bad, ([field, value, requirement]) => {
        const message = `${name}: \`${field}\` must be ${requirement}, got ${shown(value)}.`;
        let caught: unknown;
        try {
          new make({...sound, [field]: value});
        } catch (error) {
          caught = error;
        }
        expect((caught as Error | undefined)?.message).toBe(message);
      }),
      CHECKS,
    );
    expect(memory().numTensors).toBe(before);
  });

  it.each(misfits)('rejects %j for an input of 6', (args, field) => {
    const before = memory().numTensors;
    const layer = new make({...sound, ...args, inputShape: [6]});
    const message = `${name}: \`${field}\` must be `;
    expect(() => sequential({layers: [layer]})).toThrow(message);
    expect(() => sequential({layers: [layer]})).toThrow(`got ${args[field]}.`);
    expect(memory().numTensors).toBe(before);
  });
});

describe('temperatures that contradict', () => {
  const different = fc
    .tuple(fc.double({min: 1, max: 100, noNaN: true}), fc.double({min: 1, max: 100, noNaN: true}))
    .filter(([one, other]) => one !== other);

  const tempered = SUBJECTS.filter(({discrete, title}) => discrete && !title.endsWith('identity'));
  it.each(tempered)('one another are rejected by $title', ({layerClass, make, required}) => {
    const {estimator} = make().getConfig();
    const ways = (temperatures: Args) => () =>
      new (layerClass as never as new (args: Args) => Layer)({...required, estimator, ...temperatures});
    fc.assert(
      fc.property(different, ([one, other]) => {
        const name = layerClass.className;
        for (const field of ['forwardTemperature', 'backwardTemperature']) {
          expect(ways({temperature: one, [field]: other})).toThrow(
            `${name}: \`${field}\` must be left out or equal to \`temperature\` (${one}), got ${other}.`,
          );
        }
        const unequal = ways({forwardTemperature: one, backwardTemperature: other});
        if (String(estimator).startsWith('decoupled')) expect(unequal).not.toThrow();
        else {
          expect(unequal).toThrow(
            `${name}: \`backwardTemperature\` must be equal to \`forwardTemperature\` (${one}), because estimator '${estimator}'`,
          );
        }
      }),
      {...CHECKS, numRuns: 100},
    );
  });

  it('reinMax rejects temperatures below 1', () => {
    const {layerClass} = SUBJECTS[0]!;
    expect(() => new layerClass({estimator: 'reinMax', temperature: 0.9} as never)).toThrow(
      "`temperature` must be >= 1 for estimator 'reinMax', got 0.9.",
    );
  });
});

it.each([
  ['LogicGateLayer', () => layers.logicGateLayer(undefined as never), 'units', 1],
  ['GroupSum', () => layers.groupSum(undefined as never), 'groups', 1],
  ['ThermometerEncoding', () => layers.thermometerEncoding(undefined as never), 'thresholds', 1],
  ['VectorQuantizer', () => layers.vectorQuantizer(undefined as never), 'codes', 1],
] as const)('%s without arguments names what it requires', (name, make, field, least) => {
  expect(make).toThrow(`${name}: \`${field}\` must be a whole number >= ${least}, got undefined.`);
});
