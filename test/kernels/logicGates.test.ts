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
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {
  composedCoefficientGradient,
  composedInputGradient,
  composedLogicGates,
} from '../../src/kernels/composed/logicGates.js';
import {
  coefficientGradient,
  evaluateGates,
  registerKernels,
  unregisterKernels,
} from '../../src/kernels/index.js';
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

describe(`coefficientGradient on ${getBackend()}`, () => {
  it('agrees with the composed form', () => {
    forGenerated(gatesCases, (one) => {
      const fast = read(() => {
        const {x, connections, dy} = tensors(one);
        return coefficientGradient(dy, x, connections);
      });
      expectWithin(fast, COEFFICIENT_GRADIENT(one), () => 1e-6 * one.rows);
    });
  });
});
