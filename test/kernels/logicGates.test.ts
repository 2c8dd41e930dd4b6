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
import {GATE_COEFFICIENTS, GATE_TRUTH} from '../../src/functional/gates.js';
import {
  composedCoefficientGradient,
  composedGateSensitivity,
  composedGradientMagnitude,
  composedInputGradient,
  composedLogicGates,
} from '../../src/kernels/composed/logicGates.js';
import {evaluateGates, gateSensitivity, registerKernels, unregisterKernels} from '../../src/kernels/index.js';
import {fillUniform} from '../../src/kernels/pcg4d.js';
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
    const intruders = fc.record({
      one: gatesCases,
      where: fc.constantFrom('nowhere', 'x', 'coefficients'),
      place: fc.nat(),
      value: fc.constantFrom(0.5, -1, 2, Number.NaN, -0),
    });
    forGenerated(intruders, ({one, where, place, value}) => {
      const bits = {
        ...one,
        x: one.x.map(Math.round),
        coefficients: one.coefficients.map((_, i) => GATE_COEFFICIENTS[(7 * (i >> 2) + place) % 16]![i % 4]!),
      };
      if (where !== 'nowhere') bits[where][place % bits[where].length] = value;
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
      const sensitivity = tensor(sensitivityOf(one), coefficients.shape);
      const report = (magnitude: Tensor) => {
        expect(magnitude.shape).toEqual([one.units]);
        reports.push(magnitude.dataSync<'float32'>().slice());
      };
      const evaluate = (x: Tensor, c: Tensor) =>
        evaluateGates(x, c, connections, one.factor, {sensitivity, report});
      if (wanted === 'coefficients') return grads((c) => evaluate(x, c!))([coefficients], dy).map(floats);
      if (wanted === 'x') return grads((x) => evaluate(x!, coefficients))([x], dy).map(floats);
      return grads((x, c) => evaluate(x!, c!))([x, coefficients], dy).map(floats);
    });
    return {gradients, reports};
  };
  const floats = (x: Tensor) => x.dataSync<'float32'>();

  it.each(['both', 'coefficients', 'x'] as const)(
    'report once what the composed form finds: %s',
    (wanted) => {
      forGenerated(gatesCases, (one) => {
        const expected = read(() => {
          const {x, connections, dy} = tensors(one);
          return composedGradientMagnitude(dy, x, tensor(sensitivityOf(one), [one.units, 4]), connections);
        });
        const {reports} = watched(one, wanted);
        expect(reports).toHaveLength(1);
        expectWithin(reports[0]!, expected, () => 1e-6 * one.rows); // terms of at most 1
      });
    },
  );

  it('have the gradients of unwatched ones', () => {
    forGenerated(gatesCases, (one) => {
      const [dx, dc] = gradients(one);
      expect(watched(one, 'both').gradients).toEqual([dx, dc]);
      expect(watched(one, 'x').gradients).toEqual([dx]);
      // Alone, the coefficients' are summed in other blocks of rows.
      expectWithin(watched(one, 'coefficients').gradients[0]!, dc, () => 1e-6 * one.rows);
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

/** Corners between 0 and 1, as s0 to s3. */
function sensitivityOf({units, coefficients}: GatesCase): Float32Array {
  return Float32Array.from({length: 4 * units}, (_, i) => {
    const at = (corner: number) => Math.abs(coefficients[4 * Math.floor(i / 4) + corner]!) / 2;
    const [at00, at01, at10, at11] = [at(0), at(1), at(2), at(3)];
    return [at00, at10 - at00, at01 - at00, at11 - at10 - at01 + at00][i % 4]!;
  });
}

describe(`gateSensitivity on ${getBackend()}`, () => {
  const rows = fc.record({
    units: fc.integer({min: 1, max: 7}),
    spread: fc.constantFrom(0, 1, 8, 200),
    temperature: fc.constantFrom(1e-3, 0.1, 0.5, 1, 1.7, 10, 1e3),
    seed: fc.nat(0xffffffff),
  });
  const logitsOf = ({units, spread, seed}: {units: number; spread: number; seed: number}) =>
    fillUniform(new Float32Array(16 * units), {seed, stream: 0, step: 0}).map(
      (value) => spread * (2 * value - 1),
    );

  it('is the mean |J(t)^T T_c| at every corner c', () => {
    forGenerated(rows, (one) => {
      const logits = logitsOf(one);
      const s = read(() => gateSensitivity(tensor(logits, [one.units, 16]), one.temperature));
      for (let unit = 0; unit < one.units; unit++) {
        const row = [...logits.subarray(16 * unit, 16 * unit + 16)];
        const weights = row.map((logit) => Math.exp((logit - Math.max(...row)) / one.temperature));
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const [s0, s1, s2, s3] = s.subarray(4 * unit, 4 * unit + 4) as unknown as [
          number,
          number,
          number,
          number,
        ];
        const found = [s0, s0 + s2, s0 + s1, s0 + s1 + s2 + s3];
        const expected = GATE_TRUTH.map((truth) => {
          // |T_gc - mean|: the probability of the gates that answer otherwise, without cancellation.
          const others = (answer: number) =>
            weights.reduce((sum, weight, gate) => sum + (truth[gate] === answer ? 0 : weight / total), 0);
          const magnitudes = weights.map((weight, gate) => (weight / total) * others(truth[gate]!));
          return magnitudes.reduce((sum, value) => sum + value, 0) / 16 / one.temperature;
        });
        // exp(x) of an x that is off by an ulp, |x| < 88, is off by 1e-5 of itself.
        const largest = Math.max(...expected);
        expectWithin(found, expected, () => 4e-5 * largest + 1e-30);
      }
    });
  });

  it('agrees with the composed form', () => {
    forGenerated(rows, (one) => {
      const [fast, composed] = [gateSensitivity, composedGateSensitivity].map((form) =>
        read(() => form(tensor(logitsOf(one), [one.units, 16]), one.temperature)),
      ) as [Float32Array, Float32Array];
      expectWithin(fast, composed, () => 1e-6 / one.temperature);
    });
  });

  it('is NaN where a logit is NaN, and nowhere else', () => {
    const logits = tensor([Number.NaN, ...new Array<number>(31).fill(0)], [2, 16]);
    const s = read(() => gateSensitivity(logits, 1));
    expect([...s].map(Number.isNaN)).toEqual([true, true, true, true, false, false, false, false]);
    logits.dispose();
  });
});
