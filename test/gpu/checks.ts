import {add, backend, memory, setBackend, type Tensor, tensor, tidy} from '@tensorflow/tfjs-core';
import {Callback} from '@tensorflow/tfjs-layers';
import {callbacks} from 'tfjs-discrete';
import {registerKernels} from '../../src/kernels/index.js';
import {logicGates} from '../../src/kernels/ops/logicGates.js';
import {logicGatesGradient} from '../../src/kernels/ops/logicGatesGradient.js';
import {ensure, largestError, take} from '../browser/assertions.js';
import {gatesCase} from '../kernels/cases.js';
import {type Counts, count} from './counting.js';
import {installKernels} from './installKernels.js';
import {autoencoder, binaryNetwork, logicNetwork, type Network} from './networks.js';
import {compareWithCpu, SUBJECTS} from './ops.js';

/** @returns what was found, in words. @throws where it is not what it should be. */
export type Check = (backendName: string) => Promise<string>;

const NETWORKS = {
  'the binary network': binaryNetwork,
  'the logic network': logicNetwork,
  'the categorical autoencoder': autoencoder,
} as const;

/** The most that a training step may take: programs, and tensors uploaded. What is read back is the loss, once. */
const BUDGETS: Readonly<Record<string, Readonly<Record<keyof typeof NETWORKS, [number, number]>>>> = {
  webgl: {
    'the binary network': [143, 6],
    'the logic network': [114, 8],
    'the categorical autoencoder': [170, 9],
  },
  webgpu: {
    'the binary network': [59, 6],
    'the logic network': [60, 8],
    'the categorical autoencoder': [86, 9],
  },
};

const KEY = {seed: 1, stream: 2, step: 3};

/** What the second step takes: the first also uploads weights, and makes what optimizers keep. */
async function countStep({model, x, y}: Network): Promise<Counts> {
  await model.trainOnBatch(x, y);
  return count(() => model.trainOnBatch(x, y));
}

function dispose({model, x, y}: Network): void {
  for (const one of [model, x, y]) one.dispose();
}

/** What three steps of training make of the weights. */
async function trained(network: Network): Promise<number[]> {
  const {model, x, y} = network;
  for (let step = 0; step < 3; step++) await model.trainOnBatch(x, y);
  const weights = await Promise.all(model.getWeights().map((weight) => weight.data()));
  dispose(network);
  return weights.flatMap((values) => [...values]);
}

function gradientsThrough(connections: (values: Int32Array) => Tensor): Tensor[] {
  const one = gatesCase({rows: 9, inputs: 7, units: 23, factor: 1}, false, KEY);
  return tidy(() =>
    logicGatesGradient(
      {
        dy: tensor(one.dy, [9, 23]),
        x: tensor(one.x, [9, 7]),
        coefficients: tensor(one.coefficients, [23, 4]),
        connections: connections(one.connections),
      },
      {gradientFactor: 1, wanted: ['dx', 'sums']},
    ),
  );
}

const opChecks = Object.fromEntries(
  Object.keys(SUBJECTS).map((name): [string, Check] => [
    `${name} agrees with cpu`,
    (backendName) => compareWithCpu(backendName, name),
  ]),
);

const countChecks = Object.entries(NETWORKS).flatMap(([name, make]) =>
  (['ours', 'adam'] as const).map((optimizer): [string, Check] => [
    `a step of ${name} with ${optimizer === 'adam' ? "TensorFlow.js's" : 'our'} Adam keeps to its budget`,
    async (backendName) => {
      const network = make(optimizer);
      const found = await countStep(network);
      dispose(network);
      const words = `${found.programs} programs, ${found.uploads} uploads, ${found.readbacks} readback`;
      const [programs, uploads] = BUDGETS[backendName]![name as keyof typeof NETWORKS];
      ensure(
        found.programs <= programs && found.uploads <= uploads && found.readbacks === 1,
        `${words}; the budget is ${programs}, ${uploads} and 1`,
      );
      return words;
    },
  ]),
);

const sameRunChecks = Object.entries(NETWORKS).map(([name, make]): [string, Check] => [
  `the same seed gives the same run of ${name}, bit for bit`,
  async () => {
    const [one, other] = [await trained(make()), await trained(make())];
    ensure(one.every(Number.isFinite), 'a weight is not finite');
    ensure(largestError(one, other) === 0, `weights differ by ${largestError(one, other)}`);
    return `${one.length} weights after 3 steps`;
  },
]);

/** Everything that is checked, by what it says. */
export const CHECKS: Readonly<Record<string, Check>> = {
  ...opChecks,

  'gradients through connections that were computed on the device are the same': async () => {
    const onHost = gradientsThrough((values) => tensor(values, [23, 2], 'int32'));
    const onDevice = gradientsThrough((values) =>
      add(tensor(values, [23, 2], 'int32'), tensor(0, [], 'int32')),
    );
    for (const [i, expected] of onHost.entries()) {
      const error = largestError(await take(onDevice[i]!), await take(expected));
      ensure(error === 0, `output ${i} differs by ${error}`);
    }
    return 'dx and sums';
  },

  'a connection that is not the index of an input throws': async () => {
    const evaluate = (index: number) =>
      tidy(() => {
        const connections = tensor([0, index], [1, 2], 'int32');
        logicGates({x: tensor([[0, 1]]), coefficients: tensor([[0, 1, 0, 0]]), connections});
      });
    for (const index of [-1, 2]) {
      let message = 'nothing';
      try {
        evaluate(index);
      } catch (error) {
        message = String(error);
      }
      ensure(message.includes(`indices of inputs, 0 to 1, got ${index}`), `it said: ${message}`);
    }
    return '-1 and 2 of 2 inputs';
  },

  'a step leaves no tensor and no memory behind': async () => {
    const network = logicNetwork();
    await countStep(network);
    const before = {tensors: memory().numTensors, data: backend().numDataIds()};
    await countStep(network);
    const after = {tensors: memory().numTensors, data: backend().numDataIds()};
    dispose(network);
    ensure(JSON.stringify(before) === JSON.stringify(after), `${JSON.stringify([before, after])}`);
    return `${after.tensors} tensors stay`;
  },

  ...Object.fromEntries(countChecks),

  'monitors read nothing back inside a step': async () => {
    const network = logicNetwork();
    const perBatch: Counts[] = [];
    let stop: (() => void) | undefined;
    const {model, x, y} = network;
    // An instance: a plain object would have TensorFlow.js read the loss before it is called.
    const marks = new (class extends Callback {
      override async onBatchBegin(): Promise<void> {
        const step = count(() => new Promise<void>((resolve) => (stop = resolve)));
        step.then((found) => perBatch.push(found));
      }
      override async onBatchEnd(): Promise<void> {
        stop!();
      }
    })();
    await model.fit(x, y, {
      ...{epochs: 1, batchSize: 8, verbose: 0, shuffle: false, yieldEvery: 'never'},
      callbacks: callbacks.list([callbacks.monitors(), marks]),
    });
    dispose(network);
    ensure(perBatch.length === 4, `${perBatch.length} batches`);
    const readbacks = perBatch.map((one) => one.readbacks);
    ensure(
      readbacks.every((one) => one === 0),
      `readbacks per batch: ${readbacks}`,
    );
    return `${perBatch.map(({programs}) => programs)} programs, no readback`;
  },

  ...Object.fromEntries(sameRunChecks),
};

/** Makes the backend current, with this package's kernels for it and for cpu. */
export async function start(backendName: string): Promise<void> {
  registerKernels();
  if (!(await setBackend(backendName))) throw new Error(`TensorFlow.js did not start '${backendName}'`);
  installKernels(backendName);
}
