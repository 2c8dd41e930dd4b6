import {add, getBackend, io, memory, type Tensor, tensor, tidy} from '@tensorflow/tfjs-core';
import {type LayersModel, loadLayersModel, sequential} from '@tensorflow/tfjs-layers';
import {
  type BackendName,
  callbacks,
  EventDownload,
  functional,
  layers,
  resume,
  shuffledBatches,
  useBackend,
} from 'tfjs-discrete';
import {Circuit, checkEquivalence} from 'tfjs-discrete/circuit';
import {installTrainingKernels} from 'tfjs-discrete/wasm';
import {distancesFromPyTorch} from '../support/optimizerRuns.js';
import {ensure, isOneHot, largestError, rowsOf, take} from './assertions.js';
import {type Expected, UNIFORMS} from './Expected.js';
import {compareGradients} from './gradients.js';
import {buildModel, FIT, samples} from './model.js';

/** Where a check runs, and what Node computed. */
export interface Setting {
  readonly backend: string;
  readonly expected: Expected;
}

/** What scripts/browser.mjs adds to the page: reads the file that the browser saves next. */
interface DownloadReader {
  nextDownload(): Promise<{readonly name: string; readonly bytes: readonly number[]}>;
}

/** @returns what was found, in words. @throws where it is not what it should be. */
type Check = (setting: Setting) => string | Promise<string>;

/**
 * Allowed distance of a GPU's predictions from those of cpu in Node: the choices are the same, and a few sums and a
 * sigmoid of size 1 are behind them.
 */
const GPU_TOLERANCE = 1e-4;

/** cpu and wasm run the same program in Node; a GPU has its own arithmetic and is compared with cpu. */
function nodeRun({backend, expected}: Setting) {
  const exact = backend === 'cpu' || backend === 'wasm';
  return {run: exact ? expected[backend] : expected.cpu, tolerance: exact ? 0 : GPU_TOLERANCE};
}

async function sample(
  unit: 'decoupledCategorical' | 'stochasticBinary',
  rows: number[][],
  forwardTemperature: number,
) {
  const sampled = tidy(() => functional[unit](tensor(rows), {forwardTemperature, seed: 3}));
  return rowsOf(await take(sampled), rows[0]!.length);
}

/** What training moves, by name. */
async function trainableNumbers(model: LayersModel): Promise<Record<string, string>> {
  const entries = model.trainableWeights.map(async (weight) => [
    weight.name,
    (await weight.read().data()).join(),
  ]);
  return Object.fromEntries(await Promise.all(entries));
}

/** Layers of which both temperatures can be set. */
function discreteLayers(model: LayersModel) {
  type Settable = {setTemperatures(to: {forwardTemperature: number}): void; forwardTemperature: number};
  const found = model.layers.filter((layer) => 'setTemperatures' in layer) as unknown as Settable[];
  ensure(found.length === 4, `${found.length} layers have temperatures, not 4`);
  return found;
}

function inTraining(model: LayersModel, xs: Tensor): Promise<number[]> {
  return take(model.apply(xs, {training: true}) as Tensor);
}

/** Trains two epochs, saves to `url`, loads, compares. */
async function savedAndLoaded(url: string): Promise<string> {
  const {xs, ys} = samples();
  const model = buildModel();
  await model.fit(xs, ys, {...FIT, epochs: 2});
  await model.save(url);
  const loaded = await loadLayersModel(url);
  await io.removeModel(url);
  const error = largestError(
    await take(loaded.predict(xs) as Tensor),
    await take(model.predict(xs) as Tensor),
  );
  ensure(error === 0, `predictions differ by ${error}`);
  const next = largestError(await inTraining(loaded, xs), await inTraining(model, xs));
  ensure(next === 0, `the next samples differ by ${next}`);
  for (const one of [xs, ys, model, loaded]) one.dispose();
  return 'equal predictions, and the same samples next';
}

export const CHECKS: Record<string, Check> = {
  'uniforms have the bits that Node computes': async ({expected: {uniforms}}) => {
    const sampled = functional.randomUniform(UNIFORMS.shape, UNIFORMS.key);
    const throughDevice = await take(add(sampled, 0));
    ensure(largestError(await take(sampled), uniforms) === 0, 'other bits');
    ensure(largestError(throughDevice, uniforms) === 0, 'other bits after a pass through the backend');
    return `${uniforms.length} numbers`;
  },

  'samples have frequencies softmax(l / tf), one 1 per row, none masked': async () => {
    const [row, temperature, n] = [[0.5, -1, Number.NEGATIVE_INFINITY, 2, 0], 1.7, 20_000];
    const sampled = await sample('decoupledCategorical', Array(n).fill(row), temperature);
    ensure(sampled.every(isOneHot), 'a row is not one 1 among zeros');
    const weights = row.map((logit) => Math.exp(logit / temperature));
    const total = weights.reduce((sum, weight) => sum + weight);
    let worst = 0;
    weights.forEach((weight, k) => {
      const p = weight / total;
      const share = sampled.filter((one) => one[k] === 1).length / n;
      const errors = p === 0 ? (share === 0 ? 0 : Number.POSITIVE_INFINITY) : Math.abs(share - p);
      const inStandardErrors = p === 0 ? errors : errors / Math.sqrt((p * (1 - p)) / n);
      ensure(inStandardErrors <= 4, `category ${k}: share ${share} where ${p} was expected`);
      worst = Math.max(worst, inStandardErrors);
    });
    return `${n} rows, at most ${worst.toFixed(1)} standard errors off`;
  },

  'bits have frequency sigmoid(l / tf)': async () => {
    const [row, temperature, n] = [
      [-1, 0.5, 3, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
      1.7,
      20_000,
    ];
    const bits = await sample('stochasticBinary', Array(n).fill(row), temperature);
    ensure(
      bits.flat().every((bit) => bit === 0 || bit === 1),
      'a bit is neither 0 nor 1',
    );
    row.forEach((logit, k) => {
      const p = 1 / (1 + Math.exp(-logit / temperature));
      const share = bits.filter((one) => one[k] === 1).length / n;
      ensure(
        Math.abs(share - p) <= 4 * Math.sqrt((p * (1 - p)) / n),
        `bit ${k}: share ${share} where ${p} was expected`,
      );
    });
    return `${n} rows`;
  },

  'temperature 0 takes the largest logit': async () => {
    const rows = Array.from({length: 500}, (_, row) =>
      [0, 1, 2, 3, 4, 5, 6].map((k) =>
        k === row % 7 ? Number.NEGATIVE_INFINITY : Math.sin(7 * row + 5 * k),
      ),
    );
    (await sample('decoupledCategorical', rows, 0)).forEach((sampled, i) => {
      const largest = rows[i]!.indexOf(Math.max(...rows[i]!));
      ensure(isOneHot(sampled) && sampled[largest] === 1, `row ${i}: ${sampled} for ${rows[i]}`);
    });
    return `${rows.length} rows`;
  },

  'a row without a distribution is NaN or an error': async () => {
    const {NaN: nan, POSITIVE_INFINITY: inf} = Number;
    const sound = [0, 1, 2];
    let rejected = 0;
    let spoiled = 0;
    for (const bad of [
      [nan, 1, 2],
      [1, nan, 2],
      [1, 2, nan],
      [1, inf, 2],
      [-inf, -inf, -inf],
    ]) {
      for (const temperature of [0, 1]) {
        let sampled: number[][];
        try {
          sampled = await sample('decoupledCategorical', [bad, sound, bad], temperature);
        } catch (error) {
          ensure(/`logits` must be/.test(String(error)), String(error));
          rejected++;
          continue;
        }
        ensure(isOneHot(sampled[1]!), `its neighbour came out as ${sampled[1]}`);
        for (const row of [sampled[0]!, sampled[2]!]) {
          ensure(row.every(Number.isNaN), `[${bad}] at temperature ${temperature} came out as [${row}]`);
        }
        spoiled++;
      }
    }
    return `${rejected} rejected, ${spoiled} NaN`;
  },

  'gradients of categorical units are those of cpu': ({backend}) => compareGradients('categorical', backend),
  'gradients of binary units are those of cpu': ({backend}) => compareGradients('binary', backend),
  'gradients of logic gates and their inputs are those of cpu': ({backend}) =>
    compareGradients('gate', backend),

  'a model of all layers trains with monitors': async (setting) => {
    const before = memory().numTensors;
    const {xs, ys} = samples();
    const model = buildModel();
    const start = await trainableNumbers(model);
    const {history} = await model.fit(xs, ys, {...FIT, callbacks: callbacks.monitors()});
    const end = await trainableNumbers(model);
    for (const [name, numbers] of Object.entries(end)) {
      ensure(numbers !== start[name], `${name} did not move`);
    }
    const {history: known} = setting.expected.cpu;
    ensure(
      Object.keys(history).sort().join() === Object.keys(known).sort().join(),
      `figures ${Object.keys(history)}`,
    );
    for (const [key, values] of Object.entries(history)) {
      ensure(values.length === FIT.epochs && values.every(Number.isFinite as never), `${key}: ${values}`);
    }
    for (const one of [xs, ys, model]) one.dispose();
    const left = memory().numTensors - before;
    ensure(left === 0, `${left} tensors are left`);
    const {run, tolerance} = nodeRun(setting);
    const keys = `${Object.keys(history).length} finite figures an epoch`;
    if (tolerance > 0) {
      for (const key of ['loss', 'gradientNorm']) {
        const [found, wanted] = [history[key]![0] as number, run.history[key]![0]!];
        // Less than one choice of one sample, should it fall otherwise, moves either.
        ensure(
          Math.abs(found - wanted) <= 0.01 * wanted,
          `${key} is ${found} in the first epoch, in Node ${wanted}`,
        );
      }
      return `${keys}, loss and gradient norm as in Node`;
    }
    // But for the last bits of a logarithm, which the two may take differently.
    for (const [key, values] of Object.entries(history)) {
      ensure(
        largestError(values as number[], run.history[key]!) <= 1e-12,
        `${key}: ${values}, in Node ${run.history[key]}`,
      );
    }
    return `${keys}, each as in Node`;
  },

  "optimizers stay within 1e-6 of PyTorch's over 30 steps": async ({expected: {trajectories}}) => {
    let farthest = 0;
    for (const one of trajectories.cases) {
      const distances = await distancesFromPyTorch(trajectories, one, 30);
      const title = `${one.optimizer} ${JSON.stringify(one.options)}`;
      ensure(distances.length === 7 && distances.every((each) => each <= 1e-6), `${title}: ${distances}`);
      farthest = Math.max(farthest, ...distances);
    }
    return `${trajectories.cases.length} optimizers, at most ${farthest.toExponential(1)} off`;
  },

  'a model goes through localstorage://': () => savedAndLoaded('localstorage://lane'),
  'a model goes through indexeddb://': () => savedAndLoaded('indexeddb://lane'),

  'a checkpoint in IndexedDB continues a run where it stopped': async ({backend}) => {
    const {xs, ys} = samples();
    const train = async (model: LayersModel, args: {dir: string; epoch?: number; stopAfter?: number}) => {
      const batches = shuffledBatches(xs, ys, {seed: 4, batchSize: 16}); // four per epoch
      let count = 0;
      const stop = {
        onBatchEnd: async () => {
          if (++count === args.stopAfter) throw new Error('stopped');
        },
      };
      const saving = callbacks.checkpoint(args.dir, {batches, everySteps: 3});
      await model.fitDataset(batches, {
        ...{epochs: 3, initialEpoch: args.epoch ?? 0, verbose: 0},
        callbacks: callbacks.list([saving, stop]),
      });
    };
    const dir = `lane-${backend}-${Math.random()}`;
    ensure((await resume(dir)) === undefined, 'there is a checkpoint in an empty store');
    const interrupted = buildModel();
    const failure = await train(interrupted, {dir, stopAfter: 6}).catch((error: Error) => error.message);
    ensure(failure === 'stopped', `training ended with ${failure}`);
    const run = await resume(dir);
    ensure(run?.epoch === 1 && run.batch === 2 && run.step === 6, `it stopped at ${JSON.stringify(run)}`);
    const [saved, loaded] = [await trainableNumbers(interrupted), await trainableNumbers(run!.model)];
    ensure(Object.values(saved).join() === Object.values(loaded).join(), 'other weights came back');
    await train(run!.model, {dir, epoch: run!.epoch});
    const stayed = buildModel();
    await train(stayed, {dir: `${dir}-stayed`});
    const [one, other] = [await trainableNumbers(run!.model), await trainableNumbers(stayed)];
    const exact = backend === 'cpu' || backend === 'wasm'; // GPUs add up in no fixed order
    if (exact)
      ensure(Object.values(one).join() === Object.values(other).join(), 'it ended with other weights');
    const latest = await resume(dir);
    ensure(latest?.step === 12 && latest.history.loss?.length === 3, `it ended at step ${latest?.step}`);
    for (const each of [xs, ys, interrupted, run!.model, stayed, latest!.model]) each.dispose();
    return exact ? 'bit for bit' : 'the same weights, and trained to the end';
  },

  "Node's model loads over HTTP": async (setting) => {
    const {xs} = samples();
    const model = await loadLayersModel(`${location.origin}/model/model.json`);
    const {run, tolerance} = nodeRun(setting);
    const error = largestError(await take(model.predict(xs) as Tensor), run.predictions);
    ensure(error <= tolerance, `predictions are ${error} from Node's`);
    const next = largestError(await inTraining(model, xs), run.samples);
    ensure(next <= tolerance, `in training it is ${next} from Node`);
    for (const one of [xs, model]) one.dispose();
    return `predictions at most ${error.toExponential(1)} off, the next samples ${next.toExponential(1)}`;
  },

  'a slider moves the temperatures while training': async () => {
    const {xs, ys} = samples();
    const model = buildModel();
    const layers = discreteLayers(model);
    const slider = Object.assign(document.createElement('input'), {
      type: 'range',
      min: '0',
      max: '2',
      step: '0.25',
    });
    slider.oninput = () => {
      for (const layer of layers) layer.setTemperatures({forwardTemperature: Number(slider.value)});
    };
    const moveTo = (value: number) => {
      slider.value = String(value);
      slider.dispatchEvent(new Event('input'));
    };
    const seen: number[] = [];
    const onBatchEnd = async (batch: number) => {
      seen.push(layers[0]!.forwardTemperature);
      moveTo([1.5, 0.5, 2, 0][batch % 4]!);
    };
    const {history} = await model.fit(xs, ys, {
      ...FIT,
      epochs: 2,
      callbacks: callbacks.list([callbacks.monitors(), {onBatchEnd}]),
    });
    ensure(seen.join() === '0.7,1.5,0.5,2,0,1.5,0.5,2', `the steps ran at ${seen}`);
    ensure(history.loss!.every(Number.isFinite as never), `losses ${history.loss}`);
    const moved = async () => largestError(await inTraining(model, xs), await inTraining(model, xs));
    ensure((await moved()) === 0, 'temperature 0 still samples');
    moveTo(1);
    ensure((await moved()) > 0, 'temperature 1 does not sample');
    for (const one of [xs, ys, model]) one.dispose();
    return `${seen.length} steps at ${new Set(seen).size} temperatures`;
  },

  'tensorBoard says that it needs a file system': async () => {
    const {xs, ys} = samples();
    const model = buildModel();
    let message = 'nothing';
    try {
      await model.fit(xs, ys, {...FIT, epochs: 1, callbacks: callbacks.tensorBoard('logs')});
    } catch (error) {
      message = String(error);
    }
    ensure(/TensorBoard: event files need a file system/.test(message), `it said: ${message}`);
    for (const one of [xs, ys, model]) one.dispose();
    return 'an error before the first step';
  },

  'TensorBoard files are saved as an archive': async () => {
    const {xs, ys} = samples();
    const model = buildModel();
    const events = new EventDownload();
    const {createWriter} = events;
    await model.fit(xs, ys, {...FIT, epochs: 1, callbacks: callbacks.tensorBoard('logs', {createWriter})});
    const expected = events.archive();
    const saved = (globalThis as unknown as DownloadReader).nextDownload();
    events.download('runs.tar');
    const {name, bytes} = await saved;
    ensure(name === 'runs.tar', `its name is ${name}`);
    const isWhole = bytes.length === expected.length && bytes.every((byte, i) => byte === expected[i]);
    ensure(isWhole, `${bytes.length} bytes were saved, and ${expected.length} collected`);
    for (const one of [xs, ys, model]) one.dispose();
    return `${events.files().length} file in ${bytes.length} bytes`;
  },

  'a circuit, its module and Web Workers give what the model predicts': async () => {
    const gates = {units: 120, gateInitializer: 'randomNormal', seed: 5} as const;
    const model = sequential({
      layers: [
        layers.thermometerEncoding({thresholds: [0.25, 0.5], inputShape: [20]}),
        layers.logicGateLayer({name: 'first', ...gates}),
        layers.logicGateLayer({name: 'second', ...gates}),
        layers.groupSum({groups: 10}),
      ],
    });
    const rows = 9000;
    const batch = Float32Array.from({length: 20 * rows}, (_, i) => ((i * 7919) % 101) / 100);
    const input = tensor(batch, [rows, 20]);
    const predicted = await take(model.predict(input) as Tensor);
    input.dispose();
    const circuit = await Circuit.fromModelAsync(model);
    model.dispose();
    const {circuit: simplified, report} = circuit.simplify();
    ensure(checkEquivalence(circuit, simplified, {vectors: 10_000}).equal, 'simplifying changed a score');
    const compiled = await simplified.compile();
    const workers = await compiled.startWorkers({threads: 2});
    const found = {
      JavaScript: simplified.evaluate(batch),
      WebAssembly: compiled.evaluate(batch),
      'WebAssembly without SIMD': (await simplified.compile({simd: false})).evaluate(batch),
      'Web Workers': await workers.evaluate(batch),
    };
    await workers.stop();
    for (const [name, scores] of Object.entries(found)) {
      const error = largestError([...scores], predicted);
      ensure(error === 0, `${name}: a score differs by ${error}`);
    }
    return `${rows} samples, ${report.after.gates} gates, SIMD: ${compiled.simd}, ${workers.threads} workers`;
  },
};

/** What makes sense on one backend only. */
const WASM_CHECKS: Record<string, Check> = {
  'useBackend prefers wasm, and installs the training kernels': async () => {
    const {trainingKernels, message} = await useBackend();
    trainingKernels!.restore();
    const said =
      'Backend: wasm, from @tensorflow/tfjs-backend-wasm (the fastest for small and medium models).';
    ensure(message === said, message);
    ensure(trainingKernels!.installed.length > 20, `${trainingKernels!.installed.length} kernels`);
    return message;
  },
  'useBackend rejects what a page does not have, and leaves the backend as it was': async () => {
    for (const [part, make] of [
      ["'webgl'", () => useBackend('tensorflow')],
      ['`threads`', () => useBackend('wasm', {threads: 2})],
      ['`vectors`', () => useBackend('wasm', {vectors: 256})],
    ] as const) {
      const message = await make().then(
        () => 'no error',
        (error: Error) => error.message,
      );
      ensure(message.startsWith('useBackend: ') && message.includes(part), message);
    }
    ensure(getBackend() === 'wasm', getBackend());
    return 'three errors';
  },
  'the training kernels serve': async (setting) => {
    const {skipped, restore} = installTrainingKernels();
    try {
      ensure(skipped.length === 0, JSON.stringify(skipped));
      return await CHECKS['gradients of logic gates and their inputs are those of cpu']!(setting);
    } finally {
      restore();
    }
  },
};

/** With the kernels that `useBackend` installs, which the other checks do without. */
const GPU_CHECKS: Record<string, Check> = Object.fromEntries(
  [
    'gradients of categorical units are those of cpu',
    'gradients of binary units are those of cpu',
    'gradients of logic gates and their inputs are those of cpu',
    'a model of all layers trains with monitors',
    "Node's model loads over HTTP",
  ].map((name): [string, Check] => [
    `with kernels of its own: ${name}`,
    async (setting) => {
      const {trainingKernels} = await useBackend(setting.backend as BackendName);
      try {
        ensure(trainingKernels!.installed.length === 19, JSON.stringify(trainingKernels!.skipped));
        return await CHECKS[name]!(setting);
      } finally {
        trainingKernels!.restore();
      }
    },
  ]),
);

/** The checks that make sense on `backend`, by what they say. */
export function checksOn(backend: string): Record<string, Check> {
  if (backend === 'wasm') return {...CHECKS, ...WASM_CHECKS};
  return backend === 'cpu' ? CHECKS : {...CHECKS, ...GPU_CHECKS};
}
