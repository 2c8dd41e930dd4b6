import {setBackend, type Tensor, tensor} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import * as kernels from '../../src/kernels/index.js';
import type {Contract, Op} from '../../src/kernels/Op.js';
import {type AdamStep, adamStep} from '../../src/kernels/ops/adamStep.js';
import {tfjsAdamPowers} from '../../src/kernels/ops/tfjsAdamPowers.js';
import {tfjsAdamStep} from '../../src/kernels/ops/tfjsAdamStep.js';
import {fillUniform} from '../../src/kernels/pcg4d.js';
import {gatesCases, logitsCases} from '../kernels/cases.js';

/** A tensor to make on either backend. */
interface Values {
  readonly values: Float32Array | Int32Array;
  readonly shape: readonly number[];
}

/** One call of an op. */
interface Call {
  readonly inputs: Readonly<Record<string, Values>>;
  readonly attributes?: object;
}

/** An op with calls to compare with cpu. */
interface Subject {
  readonly op: unknown;
  readonly calls: readonly Call[];
  /** Allowed distance from cpu, of an output `expected`; 0 where every number must be the same. */
  readonly tolerance: (expected: number, call: Call) => number;
}

const KEY = {seed: 3, stream: 1, step: 4};
const exactly = () => 0;

const logits = fc.sample(logitsCases, {numRuns: 24, seed: 20241016});
const gates = fc.sample(gatesCases, {numRuns: 12, seed: 20241016});

const onLogits = (more: (one: (typeof logits)[number]) => object) =>
  logits.map(
    (one): Call => ({
      inputs: {logits: {values: one.logits, shape: one.shape}},
      attributes: more(one),
    }),
  );

const withGradient = logits.map(
  (one): Call => ({
    inputs: {dy: {values: one.dy, shape: one.shape}, logits: {values: one.logits, shape: one.shape}},
    attributes: {temperature: one.temperature},
  }),
);

const numbers = (shape: readonly number[], stream: number): Values => ({
  values: fillUniform(new Float32Array(shape.reduce((a, b) => a * b, 1)), {...KEY, stream}).map(
    (u) => 6 * u - 3,
  ),
  shape,
});

/** Gate logits of several sizes, some equal, some far apart, some -Infinity, and one unit without a distribution. */
const gateLogits = [1, 5, 130].map((units) => {
  const x = numbers([units, 16], units);
  x.values.forEach((value, i) => {
    if (i % 48 < 16) x.values[i] = 30 * value;
    else if (i % 48 < 32) x.values[i] = Math.round(value);
    if (i % 7 === 3) x.values[i] = -Infinity;
  });
  return x;
});

const onGates = (attributes: object) =>
  gates.map(
    ({rows, inputs, units, x, coefficients, connections}): Call => ({
      inputs: {
        x: {values: x, shape: [rows, inputs]},
        coefficients: {values: coefficients, shape: [units, 4]},
        connections: {values: connections, shape: [units, 2]},
      },
      attributes,
    }),
  );

const gateGradients = (['dx', 'sums', 'absoluteSums'] as const).flatMap((one) =>
  [[one], one === 'dx' ? ['absoluteSums', 'dx', 'sums'] : ['dx', one]].flatMap((wanted) =>
    onGates({gradientFactor: 1.5, wanted}).map((call, i): Call => {
      const {rows, units, dy} = gates[i]!;
      return {...call, inputs: {...call.inputs, dy: {values: dy, shape: [rows, units]}}};
    }),
  ),
);

/** Adam's relatives: what each of them sets. */
const STEP: AdamStep = {
  ...{beta1: 0.9, beta2: 0.999, clipValue: 0, l2: 0, decay: 1},
  ...{rootScale: 31.6, epsilon: 1e-8, stepSize: 0.01, ema: 0},
};
const adamCalls = [{}, {clipValue: 0.5}, {l2: 0.1}, {decay: 0.9}, {ema: 0.99}].flatMap((changed) =>
  [false, true].map((scaled): Call => {
    const shape = [7, 13];
    const {values} = numbers(shape, 8);
    return {
      inputs: {
        value: numbers(shape, 5),
        gradient: numbers(shape, 6),
        first: numbers(shape, 7),
        second: {values: values.map(Math.abs), shape},
        ...('ema' in changed && {average: numbers(shape, 9)}),
        ...(scaled && {gradientScale: {values: Float32Array.of(0.25), shape: []}}),
      },
      attributes: {...STEP, ...changed},
    };
  }),
);

/**
 * Every op. Tolerances: sums in single precision where cpu adds up in double precision, of at most 37 terms; exp of a number that is
 * off by half an ulp, at most 88, is off by 4e-6 of itself.
 */
export const SUBJECTS: Readonly<Record<string, Subject>> = {
  uniform: {
    op: kernels.uniform,
    calls: [[], [1], [7], [3, 5, 9], [0, 4]].map((shape) => ({inputs: {}, attributes: {...KEY, shape}})),
    tolerance: exactly,
  },
  sampleBinary: {
    op: kernels.sampleBinary,
    calls: onLogits(({temperature, key}) => ({temperature, ...key})),
    tolerance: exactly,
  },
  binaryMode: {op: kernels.binaryMode, calls: onLogits(() => ({})), tolerance: exactly},
  sampleCategory: {
    op: kernels.sampleCategory,
    calls: [
      ...onLogits(({temperature, key}) => ({temperature, ...key})),
      ...[256, 257, 600].map(
        (categories): Call => ({
          inputs: {logits: numbers([5, categories], categories)},
          attributes: {temperature: 0.7, ...KEY},
        }),
      ),
    ],
    tolerance: exactly,
  },
  categoryMode: {op: kernels.categoryMode, calls: onLogits(() => ({})), tolerance: exactly},
  sampleGates: {
    op: kernels.sampleGates,
    calls: gateLogits.flatMap((one) =>
      [0.01, 1].map((temperature) => ({inputs: {logits: one}, attributes: {temperature, ...KEY}})),
    ),
    tolerance: exactly,
  },
  sigmoidJacobianProduct: {
    op: kernels.sigmoidJacobianProduct,
    calls: withGradient,
    tolerance: (expected) => 1e-5 * Math.abs(expected) + 1e-37,
  },
  softmaxJacobianProduct: {
    op: kernels.softmaxJacobianProduct,
    calls: withGradient,
    tolerance: (_, {attributes}) => 2e-6 / (attributes as {temperature: number}).temperature,
  },
  gateLogitsGradient: {
    op: kernels.gateLogitsGradient,
    calls: gateLogits.map((one) => ({
      inputs: {logits: one, sums: numbers([one.shape[0]!, 4], 11)},
      attributes: {temperature: 0.5},
    })),
    tolerance: (expected) => 1e-5 * (1 + Math.abs(expected)),
  },
  watchedGateLogitsGradient: {
    op: kernels.watchedGateLogitsGradient,
    calls: gateLogits.map((one) => ({
      inputs: {
        logits: one,
        sums: numbers([one.shape[0]!, 4], 11),
        absoluteSums: numbers([one.shape[0]!, 4], 12),
      },
      attributes: {temperature: 0.5},
    })),
    tolerance: (expected) => 1e-5 * (1 + Math.abs(expected)),
  },
  logicGates: {op: kernels.logicGates, calls: onGates({}), tolerance: () => 2e-6},
  logicGatesGradient: {
    op: kernels.logicGatesGradient,
    calls: gateGradients,
    tolerance: () => 5e-5,
  },
  sumRows: {
    op: kernels.sumRows,
    calls: [
      {inputs: {x: numbers([21, 41], 1)}},
      {inputs: {x: numbers([21, 41], 1), onto: numbers([41], 2)}},
      {inputs: {x: numbers([0, 3], 1), onto: numbers([3], 2)}},
    ],
    tolerance: () => 2e-5,
  },
  sumAbsoluteRows: {
    op: kernels.sumAbsoluteRows,
    calls: [{inputs: {x: numbers([21, 41], 1)}}, {inputs: {x: numbers([1, 3], 1)}}],
    tolerance: () => 2e-5,
  },
  globalNorm: {
    op: kernels.globalNorm,
    calls: [
      {inputs: {}},
      {inputs: {x: numbers([3], 1), onto: numbers([], 2)}},
      {inputs: {x: numbers([300, 100], 1)}},
      {
        inputs: Object.fromEntries(
          [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13].map((i) => [`x${i}`, numbers([i], i)]),
        ),
      },
    ],
    tolerance: (expected) => 2e-6 * (1 + expected),
  },
  hasNaN: {
    op: kernels.hasNaN,
    calls: [0, 63, 64, 4098].flatMap((index) => {
      const x = numbers([4099], 1);
      const spoiled = {...x, values: x.values.map((value, i) => (i === index ? Number.NaN : value))};
      return [{inputs: {x}}, {inputs: {x: spoiled}}];
    }),
    tolerance: exactly,
  },
  tfjsAdamPowers: {
    op: tfjsAdamPowers,
    calls: [
      {
        inputs: {
          accBeta1: {values: Float32Array.of(0.81), shape: []},
          accBeta2: {values: Float32Array.of(0.998), shape: []},
        },
        attributes: {beta1: 0.9, beta2: 0.999},
      },
    ],
    tolerance: exactly,
  },
  tfjsAdamStep: {
    op: tfjsAdamStep,
    calls: adamCalls.slice(0, 1).map(({inputs}) => ({
      inputs: {
        ...Object.fromEntries(Object.entries(inputs).filter(([name]) => name !== 'gradientScale')),
        powers: {values: Float32Array.of(0.81, 0.998), shape: [2]},
      },
      attributes: {beta1: 0.9, beta2: 0.999, epsilon: 1e-7, learningRate: 0.01},
    })),
    tolerance: (expected) => 1e-6 * (1 + Math.abs(expected)),
  },
  adamStep: {op: adamStep, calls: adamCalls, tolerance: (expected) => 1e-6 * (1 + Math.abs(expected))},
};

type AnyOp = Op<Record<string, Tensor>, object, Tensor | Tensor[]> & Contract<never, never, Tensor>;

/** The outputs of a call on a backend, all tensors disposed. */
async function run(
  backend: string,
  op: AnyOp,
  {inputs, attributes = {}}: Call,
): Promise<ArrayLike<number>[]> {
  await setBackend(backend);
  const tensors = Object.fromEntries(
    Object.entries(inputs).map(([name, {values, shape}]) => [
      name,
      tensor(values, shape as number[], values instanceof Int32Array ? 'int32' : 'float32'),
    ]),
  );
  const outputs = [
    (op as unknown as (i: object, a: object) => Tensor | Tensor[])(tensors, attributes),
  ].flat();
  const found = await Promise.all(outputs.map((output) => output.data()));
  for (const one of [...outputs, ...Object.values(tensors)]) one.dispose();
  return found;
}

/** Compares an op with cpu. @returns what was compared, in words. @throws where it is not what it should be. */
export async function compareWithCpu(backend: string, name: string): Promise<string> {
  const {op, calls, tolerance} = SUBJECTS[name]!;
  let count = 0;
  let worst = 0;
  for (const [i, call] of calls.entries()) {
    const expected = await run('cpu', op as AnyOp, call);
    const found = await run(backend, op as AnyOp, call);
    expected.forEach((values, output) => {
      const own = found[output]!;
      if (own.length !== values.length)
        throw new Error(`call ${i}, output ${output}: ${own.length} numbers, not ${values.length}`);
      for (let at = 0; at < values.length; at++) {
        const [wanted, got] = [values[at]!, own[at]!];
        const error = Number.isNaN(wanted) ? (Number.isNaN(got) ? 0 : Number.NaN) : Math.abs(got - wanted);
        if (!(error <= tolerance(wanted, call))) {
          throw new Error(
            `call ${i}, output ${output}: element ${at} is ${got}, on cpu ${wanted}; inputs ` +
              `${JSON.stringify(Object.entries(call.inputs).map(([key, {shape}]) => [key, shape]))}, ${JSON.stringify(call.attributes)}`,
          );
        }
        worst = Math.max(worst, error);
        count++;
      }
    });
  }
  return `${calls.length} calls, ${count} numbers, at most ${worst.toExponential(1)} off`;
}
