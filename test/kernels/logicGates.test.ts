import {backend, getBackend, memory, tensor, tidy, variable} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {
  GATE_COEFFICIENTS,
  type GateGradient,
  logicGates,
  logicGatesGradient,
  registerKernels,
  unregisterKernels,
} from '../../src/kernels/index.js';
import {expectWithin, forGenerated, type GatesCase, gatesCase, gatesCases} from './generated.js';

beforeAll(registerKernels);
afterAll(unregisterKernels);

/** The tensors of a case, inside a tidy. */
function tensors({rows, inputs, units, x, coefficients, connections, dy}: GatesCase) {
  return {
    x: tensor(x, [rows, inputs]),
    coefficients: tensor(coefficients, [units, 4]),
    connections: tensor(connections, [units, 2], 'int32'),
    dy: tensor(dy, [rows, units]),
  };
}

/** The outputs, by the backend's kernel or by the composed reference. */
function evaluate(one: GatesCase, run: typeof logicGates.composed = logicGates): Float32Array {
  return tidy(() => run(tensors(one), {}).dataSync<'float32'>());
}

/** The gradients that are `wanted`, in that order. */
function gradients<const Wanted extends readonly GateGradient[]>(
  one: GatesCase,
  wanted: Wanted,
  run: typeof logicGatesGradient.composed = logicGatesGradient,
): {[Index in keyof Wanted]: Float32Array} {
  const found = tidy(() =>
    run(tensors(one), {gradientFactor: one.factor, wanted}).map((each) => each.dataSync<'float32'>()),
  );
  return found as {[Index in keyof Wanted]: Float32Array};
}

/** The same by TensorFlow.js's own ops. */
const reference = <const Wanted extends readonly GateGradient[]>(one: GatesCase, wanted: Wanted) =>
  gradients(one, wanted, logicGatesGradient.composed);

/** Gates on bits, with or without a value that is not a bit anywhere among them. */
const intruders = fc.record({
  one: gatesCases,
  where: fc.constantFrom('nowhere', 'x', 'coefficients'),
  index: fc.nat(),
  value: fc.constantFrom(0.5, -1, 2, Number.NaN, -0),
});

function withIntruder({one, where, index, value}: IntruderCase): GatesCase {
  const bits = {
    ...one,
    x: one.x.map(Math.round),
    coefficients: one.coefficients.map((_, i) => GATE_COEFFICIENTS[(7 * (i >> 2) + index) % 16]![i % 4]!),
  };
  if (where !== 'nowhere') bits[where][index % bits[where].length] = value;
  return bits;
}
type IntruderCase = typeof intruders extends fc.Arbitrary<infer One> ? One : never;

describe(`logicGates on ${getBackend()}`, () => {
  it('agrees with the composed reference', () => {
    forGenerated(gatesCases, (one) => {
      expectWithin(evaluate(one), evaluate(one, logicGates.composed), () => 2e-6); // four terms of at most 2
    });
  });

  it('gives exact bits for gates on bits, and notices any other number among them', () => {
    forGenerated(intruders, (intruder) => {
      const one = withIntruder(intruder);
      expectWithin(evaluate(one), evaluate(one, logicGates.composed), () => 0); // terms are small multiples of 1/4
    });
  });

  // Wide inputs leave room for fewer rows in a block: 4, 8 or 16.
  it.each([40_000, 12_000, 6_000, 3_000])('works in blocks of rows, with %i inputs', (inputs) => {
    const sizes = {rows: 21, inputs, units: 1_001, factor: 1};
    const one = gatesCase(sizes, true, {seed: 1, stream: 0, step: inputs});
    expectWithin(evaluate(one), evaluate(one, logicGates.composed), () => 2e-6);
    const [dx, sums] = gradients(one, ['dx', 'sums']);
    const [expectedDx, expectedSums] = reference(one, ['dx', 'sums']);
    expectWithin(dx, expectedDx, () => 1e-5);
    expectWithin(sums, expectedSums, () => 1e-5);
  });

  it('follows connections that change between calls', () => {
    const x = tensor([[0.25, 0.5, 0.75]]);
    const coefficients = tensor([[0, 1, 0, 0]]);
    const connections = variable(tensor([[0, 1]], [1, 2], 'int32'), false);
    const output = () => tidy(() => [...logicGates({x, coefficients, connections}).dataSync()]);
    const slope = () =>
      tidy(() => {
        const inputs = {dy: tensor([[1]]), x, coefficients, connections};
        return [...logicGatesGradient(inputs, {gradientFactor: 1, wanted: ['dx']})[0]!.dataSync()];
      });
    expect(output()).toEqual([0.25]);
    expect(slope()).toEqual([1, 0, 0]);
    tidy(() => connections.assign(tensor([[2, 1]], [1, 2], 'int32')));
    expect(output()).toEqual([0.75]);
    expect(slope()).toEqual([0, 0, 1]);
    for (const used of [x, coefficients, connections]) used.dispose();
  });

  it('does not let NaN out of the units that read it', () => {
    tidy(() => {
      const x = tensor([[Number.NaN, 1, 0.5, 0.25]]);
      const coefficients = tensor([0, 1, 1, 0, 1, 0, 1, 1], [2, 4]);
      const y = logicGates({x, coefficients, connections: tensor([0, 1, 2, 3], [2, 2], 'int32')});
      expect([...y.dataSync()]).toEqual([Number.NaN, 1 + 0.25 + 0.125]);
    });
  });

  it.each([-1, 3])('rejects a connection to input %i of 3, and names it', (index) => {
    const before = memory().numTensors;
    const stored = backend().numDataIds();
    const inputs = () => ({
      x: tensor([[1, 0, 1]]),
      coefficients: tensor([[0, 1, 0, 0]]),
      connections: tensor([[0, index]], [1, 2], 'int32'),
    });
    const message = `logicGates: \`connections\` must be indices of inputs, 0 to 2, got ${index}.`;
    expect(() => tidy(() => logicGates(inputs()))).toThrow(message);
    const gradient = {gradientFactor: 1, wanted: ['dx', 'sums'] as const};
    expect(() => tidy(() => logicGatesGradient({...inputs(), dy: tensor([[1]])}, gradient))).toThrow(message);
    expect(memory().numTensors).toBe(before);
    expect(backend().numDataIds()).toBe(stored);
  });
});

describe(`logicGatesGradient on ${getBackend()}`, () => {
  it('agrees with the composed reference', () => {
    forGenerated(gatesCases, (one) => {
      const [dx, sums] = gradients(one, ['dx', 'sums']);
      const [expectedDx, expectedSums] = reference(one, ['dx', 'sums']);
      // Every element sums at most 2 units terms of at most 4 factor, or rows terms of at most 1.
      expectWithin(dx, expectedDx, () => 1e-6 * one.units * one.factor);
      expectWithin(sums, expectedSums, () => 1e-6 * one.rows);
    });
  });

  it('agrees with the composed reference for gates on bits, and for what is nearly such', () => {
    forGenerated(intruders, (intruder) => {
      const one = withIntruder(intruder);
      const [dx, sums] = gradients(one, ['dx', 'sums']);
      const [expectedDx, expectedSums] = reference(one, ['dx', 'sums']);
      // Every element sums at most 2 units terms of at most 6 factor, or rows terms of at most 4.
      expectWithin(dx, expectedDx, () => 2e-6 * one.units * one.factor);
      expectWithin(sums, expectedSums, () => 4e-6 * one.rows);
      expectWithin(gradients(one, ['sums'])[0], expectedSums, () => 4e-6 * one.rows);
    });
  });

  it('gives absolute sums that agree with the composed reference, with dL/dx and without', () => {
    forGenerated(intruders, (intruder) => {
      const one = intruder.index % 2 === 0 ? intruder.one : withIntruder(intruder);
      const [expected] = reference({...one, dy: one.dy.map(Math.abs)}, ['sums']);
      const [, , besideAll] = gradients(one, ['dx', 'sums', 'absoluteSums']);
      const [, besideSums] = gradients(one, ['sums', 'absoluteSums']);
      expectWithin(besideAll, expected, () => 4e-6 * one.rows); // terms of at most 4
      expectWithin(besideSums, expected, () => 4e-6 * one.rows);
      expectWithin(reference(one, ['absoluteSums'])[0], expected, () => 4e-6 * one.rows);
    });
  });

  it('gives the same gradients in any order, and whether or not absolute sums are wanted', () => {
    forGenerated(intruders, (intruder) => {
      const one = intruder.index % 2 === 0 ? intruder.one : withIntruder(intruder);
      const [dx, sums] = gradients(one, ['dx', 'sums']);
      expect(gradients(one, ['dx', 'sums', 'absoluteSums']).slice(0, 2)).toEqual([dx, sums]);
      expect(gradients(one, ['absoluteSums', 'sums', 'dx']).slice(1)).toEqual([sums, dx]);
      expect(gradients(one, ['dx'])).toEqual([dx]);
    });
  });

  it('leaves nothing behind, whichever gradients are wanted', () => {
    const one = gatesCase({rows: 5, inputs: 7, units: 9, factor: 1}, false, {seed: 1, stream: 2, step: 3});
    const before = memory().numTensors;
    const stored = backend().numDataIds();
    gradients(one, ['dx', 'sums', 'absoluteSums']);
    for (const each of ['dx', 'sums', 'absoluteSums'] as const) gradients(one, [each]);
    expect(gradients(one, [])).toEqual([]);
    expect(memory().numTensors).toBe(before);
    expect(backend().numDataIds()).toBe(stored);
  });
});
