import {cast, grad, grads, oneHot, profile, reshape, type Tensor, tensor, tile} from '@tensorflow/tfjs-core';
import {beforeAll, describe, expect, it} from 'vitest';
import {BUILT_IN_ESTIMATORS, GATE_NAMES, logicGates} from '../../src/functional/index.js';
import {registerKernels, unregisterKernels} from '../../src/kernels/index.js';
import {
  arbitrary,
  centralDifference,
  expectFrequency,
  expectRows,
  KERNEL_FORMS,
  norm,
  rowsOf,
  softmaxOf,
  valuesOf,
} from '../support/expectations.js';

/** The real-valued gates of difflogic's table. */
const GATES: ((a: number, b: number) => number)[] = [
  () => 0,
  (a, b) => a * b,
  (a, b) => a - a * b,
  (a) => a,
  (a, b) => b - a * b,
  (_, b) => b,
  (a, b) => a + b - 2 * a * b,
  (a, b) => a + b - a * b,
  (a, b) => 1 - (a + b - a * b),
  (a, b) => 1 - (a + b - 2 * a * b),
  (_, b) => 1 - b,
  (a, b) => 1 - b + a * b,
  (a) => 1 - a,
  (a, b) => 1 - a + a * b,
  (a, b) => 1 - a * b,
  () => 1,
];

const UNITS = 6;
const INPUTS = 5;
const BATCH = 7;
const INDICES = [
  [0, 1],
  [2, 1],
  [3, 4],
  [4, 0],
  [0, 3],
  [1, 2],
];
const connections = tensor(INDICES, [UNITS, 2], 'int32');
const gates = arbitrary([UNITS, 16], 2);
const dy = arbitrary([BATCH, UNITS], 2, 1);
/** Multiples of 1/64 between 0 and 1. */
const real = tensor(
  Array.from({length: BATCH * INPUTS}, (_, i) => ((37 * i + 11) % 65) / 64),
  [BATCH, INPUTS],
);
const bits = tensor(
  Array.from({length: BATCH * INPUTS}, (_, i) => ((i * i + (i >> 2)) % 3 === 0 ? 1 : 0)),
  [BATCH, INPUTS],
);
const IDS = BUILT_IN_ESTIMATORS.map(({id}) => id);

/** dL/dz of every gate, by evaluating all sixteen on every sample. */
function choiceGradient(x: Tensor): number[][] {
  const rows = rowsOf(x.dataSync(), INPUTS);
  const weights = rowsOf(dy.dataSync(), UNITS);
  return INDICES.map(([a, b], unit) =>
    GATES.map((gate) =>
      rows.reduce((total, row, i) => total + weights[i]![unit]! * gate(row[a!]!, row[b!]!), 0),
    ),
  );
}

describe.each(KERNEL_FORMS)('the forward pass, %s', (_, useForms) => {
  beforeAll(useForms);

  const tableRows = tensor([
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ]);
  const allOnce = tile(tensor([[0, 1]], [1, 2], 'int32'), [16, 1]);

  it.each([
    ['decoupled', {forwardTemperature: 0}],
    ['decoupled', {forwardTemperature: 0.1}],
    ['identity', {}],
    ['decoupledGumbel', {forwardTemperature: 0}],
    ['softmax', {temperature: 0.01}],
    ['soft', {temperature: 0.001}],
  ])('%s %o: all sixteen gates are exact on all truth-table rows', (estimator, temperatures) => {
    const certain = tensor(
      Array.from({length: 256}, (_, i) => (i % 17 === 0 ? 40 : 0)),
      [16, 16],
    );
    const y = logicGates(tableRows, certain, allOnce, {estimator, ...temperatures, seed: 1});
    const outputs = rowsOf(valuesOf(y), 16);
    rowsOf(tableRows.dataSync(), 2).forEach(([a, b], tableRow) => {
      GATE_NAMES.forEach((name, id) => {
        // What is sampled is exact; a mixture is a sum of weights that add up to 1 but for rounding.
        const error = Math.abs(outputs[tableRow]![id]! - GATES[id]!(a!, b!));
        expect(error, `${name} of ${a}, ${b}`).toBeLessThanOrEqual(estimator === 'soft' ? 2 ** -23 : 0);
      });
    });
  });

  it('samples each unit’s gate with probability softmax(gates / forwardTemperature)', () => {
    const units = 20_000;
    const row = Array.from({length: 16}, (_, i) => 1.5 * Math.sin(2.3 * i));
    const p = softmaxOf(row, 0.7);
    const many = tile(tensor([row]), [units, 1]);
    const places = tile(tensor([[0, 1]], [1, 2], 'int32'), [units, 1]);
    for (const seed of [1, 20]) {
      const args = {forwardTemperature: 0.7, backwardTemperature: 3, seed};
      const outputs = valuesOf(logicGates(tableRows, many, places, args));
      // A gate's outputs at 00, 01, 10, 11 are the bits of its id.
      const hits = new Array<number>(16).fill(0);
      for (let unit = 0; unit < units; unit++) {
        const bitAt = (tableRow: number) => outputs[tableRow * units + unit]!;
        hits[8 * bitAt(0) + 4 * bitAt(1) + 2 * bitAt(2) + bitAt(3)]!++;
      }
      hits.forEach((count, id) => {
        expectFrequency(count, units, p[id]!);
      });
    }
  });

  it('shares one gate among all samples', () => {
    const x = tile(tensor([[0, 1, 1, 0, 1]]), [50, 1]);
    const rows = rowsOf(valuesOf(logicGates(x, gates, connections, {seed: 3})), UNITS);
    for (const row of rows) expect(row).toEqual(rows[0]);
  });

  it('gives zeros and ones for zeros and ones', () => {
    const y = valuesOf(logicGates(bits, gates, connections, {seed: 3}));
    expect(y.every((value) => value === 0 || value === 1)).toBe(true);
  });

  it('takes integer and boolean inputs', () => {
    const expected = valuesOf(logicGates(bits, gates, connections, {seed: 3}));
    for (const dtype of ['int32', 'bool'] as const) {
      const y = logicGates(cast(bits, dtype), gates, connections, {seed: 3});
      expect(valuesOf(y)).toEqual(expected);
    }
  });
});

describe.each(KERNEL_FORMS)('any batch, %s', (_, useForms) => {
  beforeAll(useForms);

  it.each([[[INPUTS]], [[1, INPUTS]], [[6, INPUTS]], [[2, 3, INPUTS]], [[1, 2, 3, INPUTS]]])(
    '%o: the values and gradients of its samples',
    (shape) => {
      const batch = shape.slice(0, -1);
      const samples = batch.reduce((product, length) => product * length, 1);
      const flat = [real, dy].map((x) => tensor([...x.dataSync()].slice(0, samples * x.shape[1]!))) as [
        Tensor,
        Tensor,
      ];
      const run = (leading: number[]) => {
        const f = (x: Tensor, w: Tensor) =>
          logicGates(x, w, connections, {seed: 3, backwardTemperature: 0.6});
        const x = reshape(flat[0], [...leading, INPUTS]);
        const y = f(x, gates);
        expect(y.shape).toEqual([...leading, UNITS]);
        const gradients = grads(f)([x, gates], reshape(flat[1], [...leading, UNITS]));
        expect(gradients.map((gradient) => gradient.shape)).toEqual([x.shape, gates.shape]);
        return [y, ...gradients].map(valuesOf);
      };
      expect(run(batch)).toEqual(run([samples]));
    },
  );
});

describe.each(KERNEL_FORMS)('gradients, %s', (_, useForms) => {
  beforeAll(useForms);

  it('hard: the gradients of the inputs are central differences of the sampled gates', () => {
    // The output is linear in each input: a long step is exact, but for the rounding of float32.
    for (const seed of [1, 2, 3]) {
      const f = (x: Tensor) => logicGates(x, gates, connections, {seed, forwardTemperature: 3});
      const numerical = centralDifference(f, real, dy, 0.25);
      expect(norm(numerical)).toBeGreaterThan(1);
      expectRows(valuesOf(grad(f)(real, dy)), rowsOf(numerical, INPUTS), 1e-5, 1e-5);
    }
  });

  it('hard: the gradient of an input that a unit reads twice is the sum of both', () => {
    const twice = tensor([[0, 0]], [1, 2], 'int32');
    const and = cast(oneHot(tensor([1], [1], 'int32'), 16), 'float32');
    const f = (x: Tensor) => logicGates(x, and, twice, {seed: 1, estimator: 'identity'});
    expect([...valuesOf(grad(f)(tensor([[0.5]]), tensor([[3]])))]).toEqual([3]); // d a^2 = 2 a
  });

  it.each([real, bits])(
    'hard: the gradient of the sampled gate is the sum of dy times every gate’s output',
    (x) => {
      // Identity straight-through shows dL/dz itself.
      const f = (w: Tensor) => logicGates(x, w, connections, {estimator: 'identity', seed: 1});
      expectRows(valuesOf(grad(f)(gates, dy)), choiceGradient(x), 1e-6);
    },
  );

  it('hard: the gate logits get J(backwardTemperature) times the sampled gate’s gradient, whatever was sampled', () => {
    const t = 1.4;
    const rows = rowsOf(gates.dataSync(), 16);
    const expected = choiceGradient(real).map((dz, unit) => {
      const p = softmaxOf(rows[unit]!, t);
      const mean = p.reduce((total, probability, g) => total + probability * dz[g]!, 0);
      return p.map((probability, g) => (probability * (dz[g]! - mean)) / t);
    });
    for (const [forwardTemperature, seed] of [
      [0, 1],
      [0.3, 2],
      [5, 3],
    ] as const) {
      const args = {forwardTemperature, backwardTemperature: t, seed};
      const dgates = grad((w) => logicGates(real, w, connections, args))(gates, dy);
      expectRows(valuesOf(dgates), expected, 1e-5);
    }
  });

  it.each(['soft', 'gumbelSoftmax'])('%s: equal central differences of its own forward pass', (estimator) => {
    const args = {estimator, temperature: 1.2, seed: 4};
    const ofInputs = (x: Tensor) => logicGates(x, gates, connections, args);
    const dx = centralDifference(ofInputs, real, dy, 0.25); // linear in each input
    expectRows(valuesOf(grad(ofInputs)(real, dy)), rowsOf(dx, INPUTS), 1e-5, 1e-5);
    const ofGates = (w: Tensor) => logicGates(real, w, connections, args);
    const numerical = centralDifference(ofGates, gates, dy, 2 ** -5);
    const error = norm(valuesOf(grad(ofGates)(gates, dy)).map((value, i) => value - numerical[i]!));
    // h^2 / 6 is 1.6e-4 of third derivatives no larger than the gradient; rounding: 6e-8 * 10 / 2^-4.
    expect(error).toBeLessThan(5e-4 * norm(numerical) + 1e-4);
  });

  it.each(IDS)('%s: gradientFactor multiplies the gradient of the inputs, not of the gates', (estimator) => {
    const at = (gradientFactor?: number) => {
      const factor = gradientFactor === undefined ? {} : {gradientFactor};
      const f = (x: Tensor, w: Tensor) => logicGates(x, w, connections, {estimator, seed: 4, ...factor});
      return grads(f)([real, gates], dy).map(valuesOf) as [Float32Array, Float32Array];
    };
    const [dx, dgates] = at();
    const [doubled, sameGates] = at(2);
    expect([...doubled]).toEqual([...dx].map((value) => 2 * value));
    expect(sameGates).toEqual(dgates);
    expect(norm(dx)).toBeGreaterThan(0.1);
  });

  it('gives the gradient of the gates without that of the inputs', () => {
    const f = (x: Tensor, w: Tensor) => logicGates(x, w, connections, {seed: 4});
    const [, dgates] = grads(f)([real, gates], dy) as [Tensor, Tensor];
    const alone = grad((w) => f(real, w))(gates, dy);
    expect(valuesOf(alone)).toEqual(valuesOf(dgates));
  });
});

describe.each(KERNEL_FORMS)('onGradient, %s', (_, useForms) => {
  beforeAll(useForms);

  const magnitude = (estimator: string, x: Tensor) => {
    const seen: {values: number[]; shape: number[]}[] = [];
    const args = {
      estimator,
      seed: 4,
      ...(estimator.startsWith('decoupled')
        ? {forwardTemperature: 0.4, backwardTemperature: 1.5}
        : {temperature: estimator === 'identity' ? 1 : 1.5}),
      onGradient: (total: Tensor) => {
        seen.push({values: [...total.dataSync()], shape: total.shape});
      },
    };
    const f = (inputs: Tensor, w: Tensor) => logicGates(inputs, w, connections, args);
    const plain = (inputs: Tensor, w: Tensor) =>
      logicGates(inputs, w, connections, {...args, onGradient: undefined as never});
    const watched = grads(f)([x, gates], dy).map(valuesOf);
    expect(seen).toHaveLength(1);
    expect(seen[0]!.shape).toEqual([UNITS]);
    expect(watched).toEqual(grads(plain)([x, gates], dy).map(valuesOf));

    // Each sample by itself, the same sampled gates: |dL/dlogit|, mean over the sixteen, summed over the samples.
    const total = new Array<number>(UNITS).fill(0);
    const rows = rowsOf(x.dataSync(), INPUTS);
    const weights = rowsOf(dy.dataSync(), UNITS);
    rows.forEach((row, sample) => {
      const one = grad((w: Tensor) => plain(tensor([row]), w))(gates, tensor([weights[sample]!]));
      rowsOf(valuesOf(one), 16).forEach((dlogits, unit) => {
        total[unit]! += dlogits.reduce((sum, value) => sum + Math.abs(value), 0) / 16;
      });
    });
    return {reported: seen[0]!.values, bruteForce: total};
  };

  it.each(IDS)('%s: reports every sample’s own gradient, for inputs of 0 and 1', (estimator) => {
    const {reported, bruteForce} = magnitude(estimator, bits);
    expect(Math.min(...bruteForce)).toBeGreaterThan(0);
    expectRows(reported, [bruteForce], 1e-5);
  });

  it('is no smaller than the truth for inputs between 0 and 1', () => {
    const {reported, bruteForce} = magnitude('decoupled', real);
    reported.forEach((value, unit) => {
      expect(value).toBeGreaterThanOrEqual(bruteForce[unit]! * (1 - 1e-5));
    });
  });

  it('takes any batch rank', () => {
    const seen: number[][] = [];
    const onGradient = (total: Tensor) => {
      seen.push([...total.dataSync()]);
    };
    const f = (w: Tensor, leading: number[]) =>
      logicGates(reshape(bits, [...leading, INPUTS]), w, connections, {seed: 4, onGradient});
    grad((w) => f(w, [BATCH]))(gates, dy);
    grad((w) => f(w, [1, BATCH, 1]))(gates, reshape(dy, [1, BATCH, 1, UNITS]));
    expect(seen[1]).toEqual(seen[0]);
  });
});

it.each([
  [
    gates,
    connections,
    {gradientFactor: Number.NaN},
    '`gradientFactor` must be a finite number > 0, got NaN.',
  ],
  [gates, connections, {gradientFactor: 0}, '`gradientFactor` must be a finite number > 0, got 0.'],
  [reshape(gates, [12, 8]), connections, {}, '`gates` must be of shape [units, 16], got [12,8].'],
  [reshape(gates, [96]), connections, {}, '`gates` must be of shape [units, 16], got [96].'],
  [gates, reshape(connections, [4, 3]), {}, '`connections` must be of shape [6, 2], got [4,3].'],
  [gates, reshape(connections, [12]), {}, '`connections` must be of shape [6, 2], got [12].'],
  [gates, tensor([[0, 1]], [1, 2], 'int32'), {}, '`connections` must be of shape [6, 2], got [1,2].'],
] as const)('names what does not fit: %#', (logits, places, args, message) => {
  expect(() => logicGates(real, logits, places, {seed: 1, ...args})).toThrow(`logicGates: ${message}`);
});

it('composed, gathers both operands of the units once per step', async () => {
  unregisterKernels();
  try {
    const x = tensor([[0, 1, 1]]);
    const gates = arbitrary([4, 16], 2);
    const connections = tensor([0, 1, 1, 2, 0, 2, 2, 1], [4, 2], 'int32');
    const {kernels, result} = await profile(() =>
      grads((inputs: Tensor, logits: Tensor) => logicGates(inputs, logits, connections, {seed: 7}))([
        x,
        gates,
      ]),
    );
    expect(kernels.filter(({name}) => name === 'GatherV2')).toHaveLength(2);
    expect((result as unknown as Tensor[]).map(({shape}) => shape)).toEqual([x.shape, gates.shape]);
  } finally {
    registerKernels();
  }
});
