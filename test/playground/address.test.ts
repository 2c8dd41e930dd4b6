import fc from 'fast-check';
import {functional} from 'tfjs-discrete';
import {describe, expect, it} from 'vitest';
import {fromAddress, toAddress} from '../../playground/src/state/address.js';
import {GATES} from '../../playground/src/state/gateNames.js';
import {
  DATA_SETS,
  DEFAULTS,
  ESTIMATORS,
  fitTogether,
  MODELS,
  type NumberSetting,
  OPTIMIZERS,
  rangeOf,
  type Settings,
  serves,
  temperaturesOf,
} from '../../playground/src/state/settings.js';

const NUMBERS: readonly NumberSetting[] = [
  ...(['layers', 'units', 'categories', 'forwardTemperature', 'backwardTemperature'] as const),
  ...(['learningRate', 'batchSize', 'epochs', 'seed'] as const),
];

/** Any settings that the form can hold. */
const anySettings = fc.constantFrom(...MODELS).chain((model) => {
  const numbers = NUMBERS.map((field) => {
    const {least, most, whole} = rangeOf(model, field);
    const value = whole
      ? fc.integer({min: least, max: most})
      : fc.double({min: least, max: most, noNaN: true});
    return [field, value] as const;
  });
  return fc
    .record({
      model: fc.constant(model),
      data: fc.constantFrom(...DATA_SETS),
      estimator: fc.constantFrom(...ESTIMATORS),
      optimizer: fc.constantFrom(...OPTIMIZERS),
      ...Object.fromEntries(numbers),
    })
    .map((settings) => fitTogether(settings as unknown as Settings));
});

describe('the address of the playground', () => {
  it('gives back every setting', () => {
    fc.assert(
      fc.property(anySettings, (settings) => {
        expect(fromAddress(`#${toAddress(settings)}`)).toEqual({settings, embedded: false, faults: []});
      }),
    );
  });

  it.each(MODELS)('leaves the defaults of %s where it says nothing', (model) => {
    expect(fromAddress(`#model=${model}`).settings).toEqual(DEFAULTS[model]);
    expect(fitTogether(DEFAULTS[model])).toEqual(DEFAULTS[model]);
  });

  it('names what it cannot use and takes the default', () => {
    const {settings, faults} = fromAddress(
      '#model=binary&units=0&tb=hot&estimator=magic&colour=red&epochs=3',
    );
    expect(settings).toEqual({...DEFAULTS.binary, epochs: 3});
    expect(faults).toEqual([
      '`units` must be a whole number from 10 to 400, got 0.',
      '`backwardTemperature` must be a number from 0.001 to 10, got hot.',
      `\`estimator\` must be one of ${ESTIMATORS.join(', ')}, got magic.`,
      '`colour` is not a setting.',
    ]);
  });

  it('says where only the small version is shown', () => {
    expect(fromAddress('#view=embedded').embedded).toBe(true);
    expect(fromAddress('').embedded).toBe(false);
  });
});

describe('the settings of the playground', () => {
  it('offer the estimators of the package, with as many temperatures and for the same units', () => {
    expect([...ESTIMATORS]).toEqual(functional.knownEstimators().map(({id}) => id));
    for (const {id, temperatures, units} of functional.knownEstimators()) {
      expect(temperaturesOf(id as (typeof ESTIMATORS)[number])).toBe(temperatures);
      const kinds = {gates: 'gate', binary: 'binary', autoencoder: 'categorical'} as const;
      for (const model of MODELS) {
        expect(serves(id as (typeof ESTIMATORS)[number], model)).toBe(
          units === undefined || units.includes(kinds[model]),
        );
      }
    }
  });

  it('call the gates by the names of the package', () => {
    expect(GATES).toEqual([...functional.GATE_NAMES]);
  });
});
