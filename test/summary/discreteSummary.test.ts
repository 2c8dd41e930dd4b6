import {layers as keras, sequential} from '@tensorflow/tfjs-layers';
import {discreteSummary, layers} from 'tfjs-discrete';
import {describe, expect, it, vi} from 'vitest';

/** A code of 3 groups of 8, bits, gates and their sums. */
function network() {
  const nested = sequential({
    name: 'inner',
    layers: [
      layers.logicGateLayer({
        name: 'gates',
        units: 20,
        inputShape: [24],
        seed: 1,
        forwardTemperature: 0.5,
        backwardTemperature: 2,
      }),
    ],
  });
  return sequential({
    layers: [
      keras.dense({name: 'encoder', units: 24, inputShape: [10]}),
      layers.decoupledCategorical({
        name: 'code',
        categories: 8,
        seed: 1,
        forwardTemperature: 2,
        backwardTemperature: 0.015,
      }),
      layers.stochasticBinary({name: 'bits', estimator: 'identity', seed: 2}),
      nested,
      layers.groupSum({name: 'sums', groups: 5}),
    ],
  });
}

const quiet = () => {};

describe('discreteSummary', () => {
  it('counts units, code, gates, parameters and bytes of each layer', () => {
    const rows = Object.fromEntries(discreteSummary(network(), quiet).layers.map((row) => [row.name, row]));
    expect(rows.encoder).toMatchObject({
      units: null,
      codeBits: null,
      parameters: 264,
      trainedBytes: 1056,
      deployedBytes: 1056,
      estimator: null,
    });
    expect(rows.code).toMatchObject({
      ...{outputShape: [24], units: 3, codeBits: 9, categories: 8, gates: null, parameters: 0},
      ...{estimator: 'decoupled', forwardTemperature: 2, backwardTemperature: 0.015},
    });
    expect(rows.bits).toMatchObject({
      units: 24,
      codeBits: 24,
      estimator: 'identity',
      forwardTemperature: null,
      backwardTemperature: null,
    });
    // 20 x 16 gate logits and 20 x 2 connections; a gate and two of 24 inputs take 4 + 2 x 5 bits.
    expect(rows.gates).toMatchObject({
      units: 20,
      codeBits: 20,
      gates: 20,
      parameters: 360,
      trainedBytes: 1440,
      deployedBytes: 35,
      forwardTemperature: 0.5,
      backwardTemperature: 2,
    });
    expect(rows.sums).toMatchObject({outputShape: [5], units: null, parameters: 0});
    expect(rows.inner).toBeUndefined();
  });

  it('adds them up', () => {
    const {total} = discreteSummary(network(), quiet);
    expect(total).toEqual({
      units: 47,
      codeBits: 53,
      gates: 20,
      parameters: 624,
      trainedBytes: 2496,
      deployedBytes: 1091,
    });
    expect(network().countParams()).toBe(624);
  });

  it('prints a table with a line per layer', () => {
    const lines: string[] = [];
    discreteSummary(network(), (line) => lines.push(line));
    const text = lines.join('\n');
    expect(text).toMatch(
      /Layer \(class\) +Output shape +Units +Code bits +Gates +Params +Estimator +tf +tb +Trained +Deployed/,
    );
    expect(text).toMatch(/code \(DecoupledCategorical\) +\[24\] +3 +9 +0 +decoupled +2 +0\.015 +0 B +0 B/);
    expect(text).toMatch(
      /gates \(LogicGateLayer\) +\[20\] +20 +20 +20 +360 +decoupled +0.5 +2 +1.41 KiB +35 B/,
    );
    expect(text).toMatch(/Total +47 +53 +20 +624 +2.44 KiB +1.07 KiB/);
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    discreteSummary(network());
    expect(log.mock.calls.map(([line]) => line)).toEqual(lines);
    log.mockRestore();
  });

  it('counts a quantizer’s vectors, positions included, and the layer inside a wrapper once', () => {
    const model = sequential({
      layers: [
        layers.vectorQuantizer({name: 'codes', codes: 32, inputShape: [7, 4], seed: 1}),
        keras.timeDistributed({name: 'wrapper', layer: keras.dense({name: 'inside', units: 3})}),
        layers.stochasticBinary({name: 'bits', seed: 1}),
      ],
    });
    const {layers: rows, total} = discreteSummary(model, quiet);
    expect(rows.map(({name, parameters}) => [name, parameters]).slice(-4)).toEqual([
      ['codes', 128],
      ['wrapper', 0],
      ['inside', 15],
      ['bits', 0],
    ]);
    expect(rows.find(({name}) => name === 'codes')).toMatchObject({units: 7, codeBits: 35, categories: 32});
    expect(rows.at(-1)).toMatchObject({units: 21, codeBits: 21});
    expect(total.parameters).toBe(model.countParams());
  });

  it('leaves open what an axis of unknown length hides', () => {
    const model = sequential({layers: [layers.stochasticBinary({inputShape: [null, 4], seed: 1})]});
    const {layers: rows, total} = discreteSummary(model, quiet);
    expect(rows.at(-1)).toMatchObject({outputShape: [null, 4], units: null, codeBits: null});
    expect(total.units).toBeNull();
  });

  it('rejects what is not a model, or not built', () => {
    expect(() => discreteSummary(3 as never, quiet)).toThrow(
      'discreteSummary: `model` must be a model, got 3.',
    );
    const unbuilt = {layers: [keras.dense({name: 'late', units: 1})]};
    expect(() => discreteSummary(unbuilt, quiet)).toThrow(
      'discreteSummary: `model` must be built, got "unbuilt layer late".',
    );
  });
});
