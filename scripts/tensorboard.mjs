/*
 * Does TensorBoard itself read what callbacks.tensorBoard writes? Trains a small model, has TensorBoard
 * from PyPI read the event files, and compares every tag, step and value with what the callbacks saw.
 *
 *   npm run test:tensorboard
 *
 * Needs python3 with pip; TensorBoard goes to node_modules/.cache and stays there. Where that cannot be had, the script
 * says what is missing, and fails if the environment has CI set.
 */
import assert from 'node:assert/strict';
import {spawn, spawnSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import '@tensorflow/tfjs-backend-cpu';
import {setBackend, tensor2d, train} from '@tensorflow/tfjs-core';
import {Callback, layers, sequential} from '@tensorflow/tfjs-layers';
import {tensorBoard} from '../src/callbacks/factories.ts';
import {grid, search} from '../src/search/index.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const python = process.env.PYTHON ?? 'python3';

/** Ends the script: quietly on a machine without Python, as a failure where CI expects the check. */
function missing(what, details = '') {
  console.error(`test:tensorboard: NOT RUN: ${what}\n${details}`.trimEnd());
  process.exit(process.env.CI ? 1 : 0);
}

function runPython(args, environment = {}) {
  return spawnSync(python, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: {...process.env, ...environment},
  });
}

/** @returns the folder that holds TensorBoard, freshly installed or from an earlier call. */
function installTensorBoard() {
  const requirements = join(root, 'test/tensorboard/requirements.txt');
  const [, wanted] = readFileSync(requirements, 'utf8').trim().split('==');
  const version = runPython(['-c', 'import sys; print("%d.%d" % sys.version_info[:2])']);
  if (version.status !== 0) missing(`${python} is not installed`, version.error?.message ?? version.stderr);
  const target = join(root, 'node_modules/.cache', `tensorboard-${wanted}-python${version.stdout.trim()}`);
  const probe = () =>
    runPython(['-c', 'from tensorboard import version; print(version.VERSION)'], {PYTHONPATH: target});
  if (probe().stdout?.trim() === wanted) return target;

  if (runPython(['-m', 'pip', '--version']).status !== 0) missing(`${python} has no pip`);
  console.log(`Installing TensorBoard ${wanted} from PyPI ...`);
  rmSync(target, {recursive: true, force: true});
  mkdirSync(target, {recursive: true});
  const pip = runPython(['-m', 'pip', 'install', '--quiet', '--target', target, '-r', requirements]);
  if (pip.status !== 0) {
    rmSync(target, {recursive: true, force: true});
    missing('pip could not install TensorBoard: is PyPI within reach?', pip.stderr);
  }
  assert.equal(probe().stdout.trim(), wanted);
  return target;
}

/** What TensorBoard reads below a folder. */
function readEvents(folder) {
  const read = runPython([join(root, 'test/tensorboard/read_events.py'), folder], {PYTHONPATH: target});
  assert.equal(read.status, 0, read.stderr);
  return JSON.parse(read.stdout);
}

/** Runs TensorBoard's server on a free port while `use` asks it. */
async function withServer(folder, use) {
  const port = await freePort();
  const args = ['-m', 'tensorboard.main', '--logdir', folder, '--port', String(port), '--load_fast', 'false'];
  const server = spawn(python, args, {
    env: {...process.env, PYTHONPATH: target},
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (text) => (said += text));
  try {
    const address = `http://localhost:${port}`;
    for (let attempt = 0; ; attempt++) {
      const answer = await fetch(`${address}/data/runs`).catch(() => undefined);
      if (answer?.ok && (await answer.json()).length > 0) break;
      assert.ok(attempt < 240 && server.exitCode === null, `TensorBoard's server does not answer: ${said}`);
      await setTimeout(250);
    }
    await use(address);
  } finally {
    server.kill();
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, () => {
      const {port} = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** Notes down what every other callback may see, independently of the one under test. */
class Witness extends Callback {
  batches = [];
  weights = [];
  async onBatchEnd(_batch, logs) {
    const {loss, mae} = logs;
    this.batches.push({loss: (await loss.data())[0], mae: (await mae.data())[0]});
  }
  async onEpochEnd(epoch, logs) {
    Object.assign(logs, {
      'deadUnits/hidden': epoch / 3,
      zero: 0,
      lost: Number.NaN,
      rising: 10 ** (20 * epoch),
    });
    const entries = this.model.trainableWeights.map((weight) => [weight.name, [...weight.read().dataSync()]]);
    this.weights.push(Object.fromEntries(entries));
  }
}

const target = installTensorBoard();
const logDir = mkdtempSync(join(tmpdir(), 'tfjs-discrete-tensorboard-'));
try {
  await setBackend('cpu');
  const model = sequential({
    layers: [
      layers.dense({units: 16, activation: 'tanh', inputShape: [2], name: 'hidden'}),
      layers.dense({units: 1, name: 'out'}),
    ],
  });
  model.compile({optimizer: train.sgd(0.1), loss: 'meanSquaredError', metrics: ['mae']});
  const x = Array.from({length: 100}, (_, i) => [Math.sin(i), Math.cos(i)]);
  const xs = tensor2d(x);
  const ys = tensor2d(x.map(([a, b]) => [a * b]));
  const witness = new Witness();
  const history = {};
  // Two runs, the second of which continues the first.
  for (const [initialEpoch, epochs] of [
    [0, 2],
    [2, 3],
  ]) {
    const run = await model.fit(xs, ys, {
      initialEpoch,
      epochs,
      batchSize: 8,
      validationSplit: 0.2,
      verbose: 0,
      callbacks: [witness, tensorBoard(logDir, {updateFreq: 'batch', histograms: true})],
    });
    for (const [key, values] of Object.entries(run.history)) {
      history[key] ??= [];
      history[key].push(...values);
    }
  }

  const {version, runs, legacy} = readEvents(logDir);

  const json = (value) => {
    const single = Math.fround(value);
    if (Number.isFinite(single)) return single;
    return Number.isNaN(single) ? 'nan' : single > 0 ? 'inf' : '-inf';
  };
  const curve = (values) => values.map((value, i) => [i + 1, json(value)]);
  const epochs = history.loss.length;
  const expected = {train: {epoch_learningRate: curve(new Array(epochs).fill(0.1))}, val: {}};
  for (const [key, values] of Object.entries(history)) {
    if (key.startsWith('val_')) expected.val[`epoch_${key.slice(4)}`] = curve(values);
    else expected.train[`epoch_${key}`] = curve(values);
  }
  for (const key of ['loss', 'mae']) {
    expected.train[`batch_${key}`] = curve(witness.batches.map((logs) => logs[key]));
  }
  assert.deepEqual(Object.keys(expected.val).sort(), ['epoch_loss', 'epoch_mae']);
  assert.equal(witness.batches.length, 30);

  assert.deepEqual(Object.keys(runs).sort(), ['train', 'val']);
  for (const run of ['train', 'val']) {
    assert.deepEqual(runs[run].scalars, expected[run], `scalars of ${run}`);
    assert.deepEqual(legacy[run], expected[run], `scalars of ${run}, by EventAccumulator`);
  }

  assert.deepEqual(Object.keys(runs.train.text).sort(), ['config', 'summary']);
  assert.match(runs.train.text.summary[0][1], /hidden/);
  assert.deepEqual(runs.val.histograms, {});
  assert.deepEqual(Object.keys(runs.train.histograms).sort(), Object.keys(witness.weights[0]).sort());
  let histograms = 0;
  for (const [tag, series] of Object.entries(runs.train.histograms)) {
    assert.deepEqual(
      series.map(([step]) => step),
      [1, 2, 3],
    );
    series.forEach(([, buckets], epoch) => {
      const values = witness.weights[epoch][tag];
      histograms++;
      const counted = buckets.map(
        ([left, right], i) =>
          values.filter((v) => v >= left && (v < right || (i === buckets.length - 1 && v <= right))).length,
      );
      assert.deepEqual(
        buckets.map(([, , count]) => count),
        counted,
        `${tag} at step ${epoch + 1}`,
      );
      assert.equal(
        counted.reduce((sum, count) => sum + count, 0),
        values.length,
      );
    });
  }

  const points = Object.values(expected).flatMap((tags) => Object.values(tags).flat()).length;
  console.log(
    `TensorBoard ${version} reads ${points} scalars, ${histograms} histograms and the texts as they were logged.`,
  );
  await checkSecondRun(model, xs, ys);
  await checkSearch();
} finally {
  rmSync(logDir, {recursive: true, force: true});
}

/** Another run in the same folder begins anew; TensorBoard keeps the two apart. */
async function checkSecondRun(model, xs, ys) {
  const {history} = await model.fit(xs, ys, {epochs: 1, verbose: 0, callbacks: tensorBoard(logDir)});
  const {runs} = readEvents(logDir);
  assert.deepEqual(Object.keys(runs).sort(), ['run2/train', 'train', 'val']);
  assert.deepEqual(runs['run2/train'].scalars.epoch_loss, [[1, Math.fround(history.loss[0])]]);
  assert.equal(runs.train.scalars.epoch_loss.length, 3);
  console.log('TensorBoard shows a second run in the same folder as one of its own.');
}

/** The HParams dashboard's own server answers with every trial of a search. */
async function checkSearch() {
  const folder = join(logDir, 'search');
  const {trials} = await search({
    trial: ({forwardTemperature, backwardTemperature, seed}) => {
      if (backwardTemperature === 2 && forwardTemperature === 1) throw new Error('fails');
      return {loss: forwardTemperature + backwardTemperature / 10, accuracy: seed / 10};
    },
    strategy: grid({forwardTemperature: [0, 1], backwardTemperature: [0.5, 2]}),
    seeds: [1, 2],
    minimize: 'loss',
    progress: false,
    tensorBoard: folder,
  });
  await withServer(folder, async (address) => {
    const ask = async (path, body) => {
      const answer = await fetch(`${address}/data/plugin/hparams/${path}`, {
        method: 'POST',
        headers: {'Content-Type': 'application/json'},
        body: JSON.stringify(body),
      });
      assert.equal(answer.status, 200, await answer.clone().text());
      return answer.json();
    };
    const {hparamInfos, metricInfos} = await ask('experiment', {experimentName: ''});
    assert.deepEqual(hparamInfos.map(({name}) => name).sort(), [
      'backwardTemperature',
      'forwardTemperature',
      'seed',
    ]);
    assert.deepEqual(metricInfos.map(({name}) => name.tag).sort(), ['accuracy', 'loss']);
    const {sessionGroups} = await ask('session_groups', {
      experimentName: '',
      startIndex: 0,
      sliceSize: 100,
      allowedStatuses: ['STATUS_SUCCESS', 'STATUS_FAILURE', 'STATUS_RUNNING', 'STATUS_UNKNOWN'],
      colParams: metricInfos.map(({name}) => ({metric: name})),
      aggregationType: 'AGGREGATION_AVG',
      aggregationMetric: {tag: 'loss'},
    });
    const sessions = sessionGroups.flatMap((group) => group.sessions.map((session) => ({group, session})));
    assert.equal(sessionGroups.length, 4, 'a group per configuration');
    assert.equal(sessions.length, trials.length);
    for (const {id, metrics, status, forwardTemperature, backwardTemperature} of trials) {
      const name = id.replaceAll('/', ',');
      const {group, session} = sessions.find((one) => one.session.name === name);
      assert.equal(session.status, status === 'done' ? 'STATUS_SUCCESS' : 'STATUS_FAILURE');
      assert.equal(group.hparams.forwardTemperature, forwardTemperature);
      assert.equal(group.hparams.backwardTemperature, backwardTemperature);
      const read = Object.fromEntries((session.metricValues ?? []).map(({name, value}) => [name.tag, value]));
      const single = Object.fromEntries(
        Object.entries(metrics).map(([key, value]) => [key, Math.fround(value)]),
      );
      assert.deepEqual(read, single);
    }
  });
  console.log(`TensorBoard's HParams dashboard reads ${trials.length} trials of a search as they ended.`);
}
