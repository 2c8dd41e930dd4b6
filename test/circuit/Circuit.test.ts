import {describe, expect, it} from 'vitest';
import {Circuit} from '../../src/circuit/index.js';
import {gateBit} from '../../src/functional/gates.js';
import {generator, randomCircuit} from './support.js';

describe('Circuit.evaluate', () => {
  it('gives the truth table of each of the sixteen gates', () => {
    for (let id = 0; id < 16; id++) {
      const circuit = new Circuit({
        featureType: 'float32',
        featureNames: ['a', 'b'],
        bits: {feature: Int32Array.of(0, 1), threshold: Float32Array.of(0.5, 0.5)},
        gates: {id: Uint8Array.of(id), a: Int32Array.of(0), b: Int32Array.of(1)},
        scores: [{name: 'y', signals: Int32Array.of(2), offset: 0}],
        temperature: 1,
      });
      const table = [gateBit(id, 0, 0), gateBit(id, 0, 1), gateBit(id, 1, 0), gateBit(id, 1, 1)];
      expect([...circuit.evaluate([0, 0, 0, 1, 1, 0, 1, 1])]).toEqual(table);
    }
  });

  it('adds signals and offset and divides by the temperature in float32', () => {
    const circuit = new Circuit({
      featureType: 'float32',
      featureNames: ['x'],
      bits: {feature: Int32Array.of(0, 0), threshold: Float32Array.of(0, 2)},
      gates: {id: new Uint8Array(), a: new Int32Array(), b: new Int32Array()},
      scores: [{name: 'y', signals: Int32Array.of(0, 0, 1), offset: 4}],
      temperature: 0.3,
    });
    const divided = (count: number) => Math.fround(count / Math.fround(0.3));
    expect([...circuit.evaluate([-1, 0, 1, 3])]).toEqual([4, 4, 6, 7].map(divided));
  });

  it('names a batch that does not fit', () => {
    const circuit = randomCircuit(1);
    expect(() => circuit.evaluate([1, 2, 3])).toThrow(
      'Circuit.evaluate: `batch` must be of a length that 6 (the features) divides, got 3.',
    );
    expect(() => circuit.evaluate('abc' as never)).toThrow('`batch` must be a typed array');
    expect(() => circuit.evaluate(['1', 2, 3, 4, 5, 6] as never)).toThrow('`batch[0]` must be a number');
    expect(() => circuit.evaluate([0, 0, 0, 0, 0, 0, 0, 0, Number.NaN, 0, 0, 0])).toThrow(
      'Circuit.evaluate: `batch[8]` must be a number, got NaN.',
    );
  });

  it('gives no scores for an empty batch', () => {
    expect(randomCircuit(1).evaluate([])).toEqual(new Float32Array());
  });
});

describe('Circuit.forBytes', () => {
  it('gives for byte b what the circuit gives for float32(b / divisor)', () => {
    for (const [seed, divisor] of [
      [1, 255],
      [2, 1],
      [3, 100],
      [4, 256],
    ] as const) {
      const circuit = randomCircuit(seed, {bits: 30});
      const random = generator(seed);
      const bytes = Uint8Array.from({length: 6 * 700}, () => random(256));
      const numbers = Float32Array.from(bytes, (byte) => byte / divisor);
      expect(circuit.forBytes({divisor}).evaluate(bytes)).toEqual(circuit.evaluate(numbers));
    }
  });

  it('handles thresholds that every byte exceeds, or none', () => {
    const circuit = new Circuit({
      featureType: 'float32',
      featureNames: ['x'],
      bits: {feature: Int32Array.of(0, 0, 0), threshold: Float32Array.of(-0.1, 0.999, 1)},
      gates: {id: new Uint8Array(), a: new Int32Array(), b: new Int32Array()},
      scores: [0, 1, 2].map((i) => ({name: `y${i}`, signals: Int32Array.of(i), offset: 0})),
      temperature: 1,
    }).forBytes({divisor: 255});
    expect([...circuit.bits.threshold]).toEqual([-1, 254, 255]);
    expect([...circuit.evaluate(Uint8Array.of(0, 255))]).toEqual([1, 0, 0, 1, 1, 0]);
    expect([...circuit.simplify().circuit.evaluate(Uint8Array.of(0, 255))]).toEqual([1, 0, 0, 1, 1, 0]);
  });

  it('rejects a circuit of bytes, a bad divisor and numbers that are not bytes', () => {
    const bytes = randomCircuit(1).forBytes({divisor: 255});
    expect(() => bytes.forBytes({divisor: 255})).toThrow("`featureType` must be 'float32'");
    expect(() => randomCircuit(1).forBytes({divisor: 0})).toThrow(
      '`divisor` must be a finite number > 0, got 0',
    );
    expect(() => bytes.evaluate([0, 0, 0, 0, 0, 256])).toThrow(
      '`batch[5]` must be a whole number from 0 to 255',
    );
  });
});
