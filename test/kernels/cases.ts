import fc from 'fast-check';
import {fillUniform, type RandomKey} from '../../src/kernels/pcg4d.js';

/** Everything that a row of logits may hold, by share of its numbers. */
const KINDS = ['moderate', 'large', 'equal', 'masked'] as const;

/** A batch of logits with a gradient, a temperature and a key. */
export interface LogitsCase {
  readonly shape: number[];
  readonly logits: Float32Array;
  readonly dy: Float32Array;
  readonly temperature: number;
  readonly key: RandomKey;
}

const keys = fc.record({seed: fc.nat(0xffffffff), stream: fc.nat(0xffffffff), step: fc.nat(0xffffffff)});

export const logitsCases: fc.Arbitrary<LogitsCase> = fc
  .record({
    batch: fc.array(fc.integer({min: 1, max: 5}), {minLength: 0, maxLength: 3}),
    categories: fc.integer({min: 1, max: 21}),
    kind: fc.constantFrom(...KINDS),
    temperature: fc.constantFrom(1e-3, 0.1, 0.5, 1, 1.7, 10, 1e3),
    key: keys,
  })
  .map(({batch, categories, kind, temperature, key}) => {
    const shape = [...batch, categories];
    const size = shape.reduce((product, length) => product * length, 1);
    const u = fillUniform(new Float32Array(2 * size), {...key, stream: key.stream ^ 1});
    const logits = u.slice(0, size).map((value, i) => {
      if (kind === 'masked' && i % categories > 0 && value < 0.3) return -Infinity;
      if (kind === 'equal') return Math.round(4 * value);
      return (2 * value - 1) * (kind === 'large' ? 1e4 : 4);
    });
    const dy = u.slice(size).map((value) => 4 * value - 2);
    return {shape, logits, dy, temperature, key};
  });

/** A batch of gates. */
export interface GatesCase {
  readonly rows: number;
  readonly inputs: number;
  readonly units: number;
  readonly x: Float32Array;
  readonly coefficients: Float32Array;
  readonly connections: Int32Array;
  readonly dy: Float32Array;
  readonly factor: number;
}

export const gatesCases: fc.Arbitrary<GatesCase> = fc
  .record({
    rows: fc.integer({min: 1, max: 37}),
    inputs: fc.integer({min: 1, max: 23}),
    units: fc.integer({min: 1, max: 23}),
    binary: fc.boolean(),
    factor: fc.constantFrom(1, 2),
    key: keys,
  })
  .map(({binary, key, ...sizes}) => gatesCase(sizes, binary, key));

export function gatesCase(
  sizes: Pick<GatesCase, 'rows' | 'inputs' | 'units' | 'factor'>,
  binary: boolean,
  key: RandomKey,
): GatesCase {
  const {rows, inputs, units} = sizes;
  const uniforms = (length: number, stream: number) =>
    fillUniform(new Float32Array(length), {...key, stream});
  return {
    ...sizes,
    x: uniforms(rows * inputs, 1).map((value) => (binary ? Math.round(value) : value)),
    coefficients: uniforms(units * 4, 2).map((value) => 4 * value - 2),
    connections: Int32Array.from(uniforms(units * 2, 3), (value) => Math.floor(value * inputs)),
    dy: uniforms(rows * units, 4).map((value) => 2 * value - 1),
  };
}
