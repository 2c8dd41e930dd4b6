// Registers the gradients of TensorFlow.js's own ops, as importing tfjs-discrete does.
import '@tensorflow/tfjs-layers';
import {
  backend,
  getBackend,
  grads,
  memory,
  mul,
  sum,
  type Tensor,
  tensor,
  tidy,
  variable,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {GATE_COEFFICIENTS} from '../../src/functional/gates.js';
import {
  composedCoefficientGradient,
  composedInputGradient,
  composedLogicGates,
} from '../../src/kernels/composed/logicGates.js';
import {evaluateGates, registerKernels, unregisterKernels} from '../../src/kernels/index.js';
import {expectWithin, forGenerated, type GatesCase, gatesCase, gatesCases} from './generated.js';

beforeAll(registerKernels);
afterAll(unregisterKernels);

const read = (compute: () => Tensor) => tidy(() => compute().dataSync<'float32'>());

/** The tensors of a case, inside a tidy. */
function tensors({rows, inputs, units, x, coefficients, connections, dy}: GatesCase) {
  return {
    x: tensor(x, [rows, inputs]),
    coefficients: tensor(coefficients, [units, 4]),
    connections: tensor(connections, [units, 2], 'int32'),
    dy: tensor(dy, [rows, units]),
  };
}

/** Both gradients by TensorFlow.js's own machinery. */
function gradients(one: GatesCase): [Float32Array, Float32Array] {
  return tidy(() => {
    const {x, coefficients, connections, dy} = tensors(one);
    const [dx, dc] = grads((x, c) => evaluateGates(x!, c!, connections, one.factor))([x, coefficients], dy);
    return [dx!.dataSync<'float32'>(), dc!.dataSync<'float32'>()];
  });
}

const INPUT_GRADIENT = (one: GatesCase) =>
  read(() => {
    const {x, coefficients, connections, dy} = tensors(one);
    return composedInputGradient(dy, x, coefficients, connections, one.factor);
  });
const COEFFICIENT_GRADIENT = (one: GatesCase) =>
  read(() => {
    const {x, connections, dy} = tensors(one);
    return composedCoefficientGradient(dy, x, connections);
  });

/** Gates on bits, and a number that is none put anywhere among them or nowhere. */
const intruders = fc.record({
  one: gatesCases,
  where: fc.constantFrom('nowhere', 'x', 'coefficients'),
  place: fc.nat(),
  value: fc.constantFrom(0.5, -1, 2, Number.NaN, -0),
});

function withIntruder({one, where, place, value}: IntruderCase): GatesCase {
  const bits = {
    ...one,
    x: one.x.map(Math.round),
    coefficients: one.coefficients.map((_, i) => GATE_COEFFICIENTS[(7 * (i >> 2) + place) % 16]![i % 4]!),
  };
  if (where !== 'nowhere') bits[where][place % bits[where].length] = value;
  return bits;
}
type IntruderCase = typeof intruders extends fc.Arbitrary<infer One> ? One : never;

describe(`evaluateGates on ${getBackend()}`, () => {
  it('agrees with the composed form', () => {
    forGenerated(gatesCases, (one) => {
      const [fast, composed] = [evaluateGates, composedLogicGates].map((evaluate) =>
        read(() => {
          const {x, coefficients, connections} = tensors(one);
          return evaluate(x, coefficients, connections, one.factor);
        }),
      ) as [Float32Array, Float32Array];
      expectWithin(fast, composed, () => 2e-6); // four terms of at most 2
    });
  });

  it('gives exact bits for gates on bits, and notices what is none among them', () => {
    forGenerated(intruders, (intruder) => {
      const bits = withIntruder(intruder);
      const [fast, composed] = [evaluateGates, composedLogicGates].map((evaluate) =>
        read(() => {
          const {x, coefficients, connections} = tensors(bits);
          return evaluate(x, coefficients, connections, 1);
        }),
      ) as [Float32Array, Float32Array];
      expectWithin(fast, composed, () => 0); // all terms are small multiples of 1/4
    });
  });

  it('gives both gradients of the composed form', () => {
    forGenerated(gatesCases, (one) => {
      const [dx, dc] = gradients(one);
      // Every element sums at most 2 units terms of at most 4 factor, or rows terms of at most 1.
      expectWithin(dx, INPUT_GRADIENT(one), () => 1e-6 * one.units * one.factor);
      expectWithin(dc, COEFFICIENT_GRADIENT(one), () => 1e-6 * one.rows);
    });
  });

  it('gives both gradients of the composed form for gates on bits, and for what is nearly none', () => {
    forGenerated(intruders, (intruder) => {
      const one = withIntruder(intruder);
      const [dx, dc] = gradients(one);
      // Every element sums at most 2 units terms of at most 6 factor, or rows terms of at most 4.
      expectWithin(dx, INPUT_GRADIENT(one), () => 2e-6 * one.units * one.factor);
      expectWithin(dc, COEFFICIENT_GRADIENT(one), () => 4e-6 * one.rows);
      const alone = read(() => {
        const {x, coefficients, connections, dy} = tensors(one);
        return grads((c) => evaluateGates(x, c!, connections, one.factor))([coefficients], dy)[0]!;
      });
      expectWithin(alone, COEFFICIENT_GRADIENT(one), () => 4e-6 * one.rows);
    });
  });

  // Wide inputs leave room for fewer rows in a block: 4, 8 or 16.
  it.each([40_000, 12_000, 6_000, 3_000])('works in blocks of rows, with %i inputs', (inputs) => {
    const sizes = {rows: 21, inputs, units: 1_001, factor: 1};
    const one = gatesCase(sizes, true, {seed: 1, stream: 0, step: inputs});
    const [fast, composed] = [evaluateGates, composedLogicGates].map((evaluate) =>
      read(() => {
        const {x, coefficients, connections} = tensors(one);
        return evaluate(x, coefficients, connections, 1);
      }),
    ) as [Float32Array, Float32Array];
    expectWithin(fast, composed, () => 2e-6);
    const [dx, dc] = gradients(one);
    expectWithin(dx, INPUT_GRADIENT(one), () => 1e-5);
    expectWithin(dc, COEFFICIENT_GRADIENT(one), () => 1e-5);
  });

  it('follows connections that change between calls', () => {
    const x = tensor([[0.25, 0.5, 0.75]]);
    const coefficients = tensor([[0, 1, 0, 0]]);
    const connections = variable(tensor([[0, 1]], [1, 2], 'int32'), false);
    const slope = () =>
      tidy(() => grads((x) => sum(evaluateGates(x!, coefficients, connections, 1)))([x])[0]!.dataSync());
    expect([...read(() => evaluateGates(x, coefficients, connections, 1))]).toEqual([0.25]);
    expect([...slope()]).toEqual([1, 0, 0]);
    tidy(() => connections.assign(tensor([[2, 1]], [1, 2], 'int32')));
    expect([...read(() => evaluateGates(x, coefficients, connections, 1))]).toEqual([0.75]);
    expect([...slope()]).toEqual([0, 0, 1]);
    for (const used of [x, coefficients, connections]) used.dispose();
  });

  it('does not let NaN out of the units that read it', () => {
    tidy(() => {
      const x = tensor([[Number.NaN, 1, 0.5, 0.25]]);
      const coefficients = tensor([0, 1, 1, 0, 1, 0, 1, 1], [2, 4]);
      const y = evaluateGates(x, coefficients, tensor([0, 1, 2, 3], [2, 2], 'int32'), 1);
      expect([...y.dataSync()]).toEqual([Number.NaN, 1 + 0.25 + 0.125]);
    });
  });

  it.each([-1, 3])('refuses a connection to input %i of 3, and names it', (place) => {
    const before = memory().numTensors;
    const stored = backend().numDataIds();
    expect(() =>
      tidy(() =>
        evaluateGates(tensor([[1, 0, 1]]), tensor([[0, 1, 0, 0]]), tensor([[0, place]], [1, 2], 'int32'), 1),
      ),
    ).toThrow(`logicGates: \`connections\` must be places of inputs, 0 to 2, got ${place}.`);
    expect(memory().numTensors).toBe(before);
    expect(backend().numDataIds()).toBe(stored);
  });

  it('leaves nothing behind, whichever gradients are asked for', () => {
    const one = gatesCase({rows: 5, inputs: 7, units: 9, factor: 1}, false, {seed: 1, stream: 2, step: 3});
    const {x, coefficients, connections, dy} = tensors(one);
    const before = memory().numTensors;
    const stored = backend().numDataIds();
    tidy(() => {
      grads((x) => evaluateGates(x!, coefficients, connections, 1))([x], dy);
      grads((c) => evaluateGates(x, c!, connections, 1))([coefficients], dy);
      grads((x, c) => evaluateGates(x!, c!, connections, 1))([x, coefficients], dy);
    });
    expect(memory().numTensors).toBe(before);
    expect(backend().numDataIds()).toBe(stored);
    for (const used of [x, coefficients, connections, dy]) used.dispose();
  });

  it('takes the gradient of a stack of two layers, through both', () => {
    const first = gatesCase({rows: 6, inputs: 5, units: 8, factor: 1}, false, {seed: 4, stream: 0, step: 0});
    const second = gatesCase({rows: 6, inputs: 8, units: 3, factor: 1}, false, {seed: 5, stream: 0, step: 0});
    tidy(() => {
      const [one, two] = [tensors(first), tensors(second)];
      const loss = (x: Tensor, c: Tensor, d: Tensor) =>
        sum(mul(evaluateGates(evaluateGates(x, c, one.connections, 1), d, two.connections, 1), two.dy));
      const [, dc, dd] = grads(loss)([one.x, one.coefficients, two.coefficients]);
      const middle = evaluateGates(one.x, one.coefficients, one.connections, 1);
      const dMiddle = composedInputGradient(two.dy, middle, two.coefficients, two.connections, 1);
      const expectedFirst = composedCoefficientGradient(dMiddle, one.x, one.connections).dataSync();
      const expectedSecond = composedCoefficientGradient(two.dy, middle, two.connections).dataSync();
      expectWithin(dc!.dataSync(), expectedFirst, () => 1e-4);
      expectWithin(dd!.dataSync(), expectedSecond, () => 1e-4);
    });
  });
});

describe(`watched gates on ${getBackend()}`, () => {
  /** Runs the gradients that `wanted` names, and what was reported on the way. */
  const watched = (one: GatesCase, wanted: 'both' | 'coefficients' | 'x') => {
    const reports: Float32Array[] = [];
    const gradients = tidy(() => {
      const {x, coefficients, connections, dy} = tensors(one);
      const report = (masses: Tensor) => {
        expect(masses.shape).toEqual([one.units, 4]);
        reports.push(masses.dataSync<'float32'>().slice());
      };
      const evaluate = (x: Tensor, c: Tensor) => evaluateGates(x, c, connections, one.factor, report);
      if (wanted === 'coefficients') return grads((c) => evaluate(x, c!))([coefficients], dy).map(floats);
      if (wanted === 'x') return grads((x) => evaluate(x!, coefficients))([x], dy).map(floats);
      return grads((x, c) => evaluate(x!, c!))([x, coefficients], dy).map(floats);
    });
    return {gradients, reports};
  };
  const floats = (x: Tensor) => x.dataSync<'float32'>();

  it.each(['both', 'coefficients'] as const)('report once what the composed form finds: %s', (wanted) => {
    forGenerated(intruders, (intruder) => {
      const one = intruder.place % 2 === 0 ? intruder.one : withIntruder(intruder);
      const expected = COEFFICIENT_GRADIENT({...one, dy: one.dy.map(Math.abs)});
      const {reports} = watched(one, wanted);
      expect(reports).toHaveLength(1);
      expectWithin(reports[0]!, expected, () => 4e-6 * one.rows); // terms of at most 4
    });
  });

  it('report nothing where nobody asks for the gradient that it is part of', () => {
    const one = gatesCase({rows: 5, inputs: 7, units: 9, factor: 1}, false, {seed: 1, stream: 2, step: 3});
    expect(watched(one, 'x').reports).toEqual([]);
  });

  it('have the gradients of unwatched ones', () => {
    forGenerated(intruders, (intruder) => {
      const one = intruder.place % 2 === 0 ? intruder.one : withIntruder(intruder);
      const [dx, dc] = gradients(one);
      expect(watched(one, 'both').gradients).toEqual([dx, dc]);
      expect(watched(one, 'x').gradients).toEqual([dx]);
      // Alone, the coefficients' are summed in other blocks of rows.
      expectWithin(watched(one, 'coefficients').gradients[0]!, dc, () => 4e-6 * one.rows);
    });
  });

  it('leave nothing behind, whichever gradients are asked for', () => {
    const one = gatesCase({rows: 5, inputs: 7, units: 9, factor: 1}, false, {seed: 1, stream: 2, step: 3});
    const before = memory().numTensors;
    const stored = backend().numDataIds();
    for (const wanted of ['both', 'coefficients', 'x'] as const) watched(one, wanted);
    expect(memory().numTensors).toBe(before);
    expect(backend().numDataIds()).toBe(stored);
  });
});
