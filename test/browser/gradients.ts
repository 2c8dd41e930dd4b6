import {setBackend, type Tensor, tensor, valueAndGrads} from '@tensorflow/tfjs-core';
import {functional} from 'tfjs-discrete';
import {ensure, largestError, take} from './assertions.js';

/**
 * Allowed distance from the cpu backend, as a share of the largest number that is compared. WebGL lets exp(x) be off by
 * 3 + 2 |x| units in the last place, and the logits here, divided by the temperature, reach 4; Gumbel noise goes through two
 * logarithms besides.
 */
const TOLERANCE = 1e-4;

type Values = Record<string, number[]>;

/** The forward value and every gradient of one kind of unit with one estimator, on the current backend. */
type Compute = (args: {estimator: string; seed: number}) => Promise<Values>;

/** Numbers between -scale and scale that look arbitrary and are exact in float32. */
function arbitrary(shape: number[], scale: number, phase: number): Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  const at = (i: number) => Math.round(64 * scale * Math.sin(12.9898 * (i + 1) + 78.233 * phase)) / 64;
  return tensor(
    Array.from({length: size}, (_, i) => at(i)),
    shape,
  );
}

async function compute(
  names: string[],
  inputs: Tensor[],
  dyShape: number[],
  f: (...x: Tensor[]) => Tensor,
): Promise<Values> {
  const {value, grads} = valueAndGrads(f)(inputs, arbitrary(dyShape, 1, 3));
  const values: Values = {value: await take(value)};
  for (const [i, name] of names.entries()) values[name] = await take(grads[i]!);
  for (const input of inputs) input.dispose();
  return values;
}

function temperaturesFor(estimator: string) {
  if (estimator === 'identity') return {};
  return estimator.startsWith('decoupled')
    ? {forwardTemperature: 0.7, backwardTemperature: 1.6}
    : {temperature: 1.3};
}

const UNITS: Record<'categorical' | 'binary' | 'gate', Compute> = {
  categorical: (args) =>
    compute(['logits'], [arbitrary([4, 10, 5], 3, 1)], [4, 10, 5], (logits) =>
      functional.decoupledCategorical(logits!, {...args, ...temperaturesFor(args.estimator)}),
    ),
  binary: (args) =>
    compute(['logits'], [arbitrary([40, 5], 3, 1)], [40, 5], (logits) =>
      functional.stochasticBinary(logits!, {...args, ...temperaturesFor(args.estimator)}),
    ),
  gate: async (args) => {
    const x = tensor(
      Array.from({length: 40 * 9}, (_, i) => 0.5 + Math.round(32 * Math.sin(7.1 * i)) / 64),
      [40, 9],
    );
    const connections = tensor(
      functional.sampleConnections({inputs: 9, units: 20, seed: 2}),
      [20, 2],
      'int32',
    );
    const values = await compute(['x', 'gates'], [x, arbitrary([20, 16], 3, 1)], [40, 20], (input, gates) =>
      functional.logicGates(input!, gates!, connections, {
        ...args,
        ...temperaturesFor(args.estimator),
        gradientFactor: 0.5,
      }),
    );
    connections.dispose();
    return values;
  },
};

/** Compares every estimator's forward value and gradients on `backend` with those of the cpu backend in this page. */
export async function compareGradients(unit: keyof typeof UNITS, backend: string): Promise<string> {
  const serving = functional
    .knownEstimators()
    .filter(({units}) => units === undefined || units.includes(unit))
    .map(({id}) => id);
  const on = async (name: string) => {
    await setBackend(name);
    const found: Values[] = [];
    for (const estimator of serving) found.push(await UNITS[unit]({estimator, seed: 11}));
    return found;
  };
  const [expected, actual] = [await on('cpu'), await on(backend)];
  let worst = 0;
  serving.forEach((estimator, i) => {
    for (const [name, numbers] of Object.entries(expected[i]!)) {
      const scale = Math.max(...numbers.map(Math.abs));
      ensure(scale > 0, `${estimator}: ${name} is all zeros`);
      const error = largestError(actual[i]![name]!, numbers) / scale;
      ensure(error <= TOLERANCE, `${estimator}: ${name} is ${error} of its size from cpu's`);
      worst = Math.max(worst, error);
    }
  });
  return `${serving.length} estimators, at most ${worst.toExponential(1)} off`;
}
