import {execFileSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import util from 'node:util';
import {
  findBackendFactory,
  getBackend,
  matMul,
  ones,
  registerBackend,
  removeBackend,
  setBackend,
  tensor2d,
} from '@tensorflow/tfjs-core';
import {layers, sequential} from '@tensorflow/tfjs-layers';
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest';
import {type BackendName, useBackend} from '../../src/node/index.js';
import {vectorWidth} from '../../src/wasm/vectors.js';

const TFJS_CORE = createRequire(import.meta.url).resolve('@tensorflow/tfjs-core');

/** Sources of packages that behave like tfjs-node: complete, without its addon, without a dependency. */
const WHOLE = `
  const {KernelBackend, registerBackend, setBackend} = require(${JSON.stringify(TFJS_CORE)});
  class Fake extends KernelBackend { isUsingGpuDevice = false; floatPrecision() { return 32; } dispose() {} }
  registerBackend('tensorflow', () => new Fake(), 3);
  setBackend('tensorflow');`;
const WITH_GPU = WHOLE.replace('isUsingGpuDevice = false', 'isUsingGpuDevice = true');
const NO_ADDON = `throw new Error('The Node.js native addon module (tfjs_binding.node) can not be found at path: x. \\nPlease run');`;
const NO_DEPENDENCY = `require('no-such-dependency');`;
const NO_START = WHOLE.replace('new Fake()', `{throw new Error('no device.')}`).replace(
  /setBackend\('.*/,
  '',
);

let project: string;
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'project-'));
  vi.spyOn(process, 'cwd').mockReturnValue(project);
  vi.spyOn(console, 'warn').mockImplementation(() => {}); // TensorFlow.js reports backends that do not start
});
afterEach(async () => {
  vi.restoreAllMocks();
  await setBackend(process.env.TFJS_BACKEND!);
  if (findBackendFactory('tensorflow') != null) removeBackend('tensorflow');
  rmSync(project, {recursive: true, force: true});
});

function install(name: string, source: string): void {
  const folder = join(project, 'node_modules', name);
  mkdirSync(folder, {recursive: true});
  writeFileSync(join(folder, 'package.json'), JSON.stringify({name, version: '4.22.0', main: 'index.js'}));
  writeFileSync(join(folder, 'index.js'), source);
}

describe('useBackend', () => {
  it('takes wasm without a GPU, and says so', async () => {
    await setBackend('cpu');
    const choice = await useBackend();
    expect(getBackend()).toBe('wasm');
    const {trainingKernels, message, ...said} = choice;
    expect(said).toEqual({
      backend: 'wasm',
      package: '@tensorflow/tfjs-backend-wasm',
      reason: 'the fastest without a GPU',
      passedOver: [{package: '@tensorflow/tfjs-node-gpu', reason: 'is not installed'}],
      vectors: vectorWidth(),
    });
    expect(message).toContain(
      'Backend: wasm, from @tensorflow/tfjs-backend-wasm (the fastest without a GPU; @tensorflow/tfjs-node-gpu is not installed).',
    );
    expect(trainingKernels!.installed).toContain('UnsortedSegmentSum');
    expect([...matMul(ones([2, 3]), ones([3, 1])).dataSync()]).toEqual([3, 3]);
  });

  it('takes native TensorFlow that uses a GPU', async () => {
    install('@tensorflow/tfjs-node-gpu', WITH_GPU);
    const choice = await useBackend();
    expect(choice).toEqual({
      backend: 'tensorflow',
      package: '@tensorflow/tfjs-node-gpu',
      reason: 'the fastest of those that can be loaded here, on a GPU',
      passedOver: [],
      message:
        'Backend: tensorflow, from @tensorflow/tfjs-node-gpu (the fastest of those that can be loaded here, on a GPU).',
    });
    expect(getBackend()).toBe('tensorflow');
  });

  it('takes wasm where native TensorFlow finds no GPU, and does not load tfjs-node for the CPU', async () => {
    install('@tensorflow/tfjs-node-gpu', WHOLE);
    install('@tensorflow/tfjs-node', `throw new Error('not this one');`);
    const choice = await useBackend();
    expect(choice.backend).toBe('wasm');
    expect(choice.passedOver).toEqual([
      {package: '@tensorflow/tfjs-node-gpu', reason: 'finds no GPU to use'},
    ]);
    expect(getBackend()).toBe('wasm');
  });

  it('prefers native TensorFlow on the CPU to plain JavaScript where there is no wasm', async () => {
    install('@tensorflow/tfjs-node', WHOLE);
    await setBackend('cpu');
    const wasm = findBackendFactory('wasm');
    removeBackend('wasm');
    try {
      const choice = await useBackend();
      expect(choice).toMatchObject({
        package: '@tensorflow/tfjs-node',
        reason: 'the fastest without wasm, on the CPU',
      });
      expect(choice.passedOver.map((other) => other.package)).toEqual([
        '@tensorflow/tfjs-node-gpu',
        '@tensorflow/tfjs-backend-wasm',
      ]);
    } finally {
      registerBackend('wasm', wasm, 2);
    }
  });

  it('says whether native TensorFlow that was asked for uses a GPU', async () => {
    install('@tensorflow/tfjs-node-gpu', WHOLE);
    expect((await useBackend('tensorflow')).message).toBe(
      "Backend: tensorflow, from @tensorflow/tfjs-node-gpu ('tensorflow' was asked for, on the CPU).",
    );
  });

  it('trains an embedding on wasm, which the backend cannot by itself', async () => {
    await useBackend('wasm');
    const model = sequential({
      layers: [
        layers.embedding({inputDim: 4, outputDim: 2, inputLength: 3}),
        layers.flatten(),
        layers.dense({units: 1}),
      ],
    });
    model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
    const before = model.getWeights()[0]!.dataSync().slice();
    await model.fit(tensor2d([[0, 1, 2]]), tensor2d([[1]]), {verbose: 0});
    const after = model.getWeights()[0]!.dataSync();
    expect(after.slice(0, 6)).not.toEqual(before.slice(0, 6));
    expect(after.slice(6)).toEqual(before.slice(6)); // category 3 did not occur
  });

  it.each<BackendName>(['wasm', 'cpu'])('uses %s when asked', async (name) => {
    const choice = await useBackend(name);
    expect(getBackend()).toBe(name);
    expect(choice).toMatchObject({backend: name, reason: `'${name}' was asked for`, passedOver: []});
  });

  it('prefers tfjs-node-gpu to tfjs-node', async () => {
    install('@tensorflow/tfjs-node-gpu', WHOLE);
    install('@tensorflow/tfjs-node', `throw new Error('not this one');`);
    expect(await useBackend('tensorflow')).toMatchObject({
      backend: 'tensorflow',
      package: '@tensorflow/tfjs-node-gpu',
      passedOver: [],
    });
    expect(getBackend()).toBe('tensorflow');
    expect((util as {isNullOrUndefined?: (value: unknown) => boolean}).isNullOrUndefined!(null)).toBe(true);
  });

  it('passes over a package that is installed but does not load, and says why', async () => {
    install('@tensorflow/tfjs-node-gpu', NO_ADDON);
    install('@tensorflow/tfjs-node', WHOLE);
    const choice = await useBackend('tensorflow');
    expect(getBackend()).toBe('tensorflow');
    expect(choice.package).toBe('@tensorflow/tfjs-node');
    expect(choice.passedOver).toEqual([
      {
        package: '@tensorflow/tfjs-node-gpu',
        reason:
          'is installed, but does not load: The Node.js native addon module (tfjs_binding.node) can not be found at path: x',
      },
    ]);
    expect(choice.message).toContain(
      'tfjs-node-gpu is installed, but does not load: The Node.js native addon',
    );
  });

  it('falls back to wasm if a dependency is missing', async () => {
    install('@tensorflow/tfjs-node-gpu', NO_DEPENDENCY);
    const choice = await useBackend();
    expect(choice.backend).toBe('wasm');
    expect(choice.passedOver[0]!.reason).toMatch(
      /^is installed, but does not load: Cannot find module 'no-such-dependency'/,
    );
    expect(getBackend()).toBe('wasm');
  });

  it('falls back to wasm if native TensorFlow does not start', async () => {
    install('@tensorflow/tfjs-node-gpu', NO_START);
    const choice = await useBackend();
    expect(choice.backend).toBe('wasm');
    expect(choice.passedOver[0]!.reason).toMatch(/^does not start/);
  });

  it('names setWasmPaths if the .wasm files are not found', () => {
    const program = `
      import {setWasmPaths} from '@tensorflow/tfjs-backend-wasm';
      import {useBackend} from './src/node/index.js';
      setWasmPaths('/nowhere/');
      const message = await useBackend('wasm').then(() => 'started', (error) => error.message);
      console.log(message);`;
    const root = fileURLToPath(new URL('../../', import.meta.url));
    const args = ['--import', 'tsx', '--input-type=module', '--eval', program];
    const printed = execFileSync(process.execPath, args, {
      cwd: root,
      encoding: 'utf8',
      timeout: 60_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    expect(printed).toMatch(
      /does not start: .*\/nowhere\/.*call setWasmPaths of '@tensorflow\/tfjs-backend-wasm' first/,
    );
  });

  it('names the package to install, and does not change the backend', async () => {
    const before = getBackend();
    await expect(useBackend('tensorflow')).rejects.toThrow(
      'useBackend: `name` must be a backend that can be loaded here (@tensorflow/tfjs-node-gpu is not installed; ' +
        '@tensorflow/tfjs-node is not installed; npm install @tensorflow/tfjs-node), got "tensorflow".',
    );
    install('@tensorflow/tfjs-node', NO_START);
    await expect(useBackend('tensorflow')).rejects.toThrow('@tensorflow/tfjs-node does not start');
    expect(getBackend()).toBe(before);
    expect([...ones([2]).dataSync()]).toEqual([1, 1]);
  });

  it('refers WebGL to the browser', async () => {
    await expect(useBackend('webgl')).rejects.toThrow(
      'useBackend: `name` must be a backend that can be loaded here (@tensorflow/tfjs-backend-webgl runs in a browser only), got "webgl".',
    );
  });

  it.each(['opengl', '', null, 7])('rejects %o', async (name) => {
    await expect(useBackend(name as BackendName)).rejects.toThrow(
      /^useBackend: `name` must be one of 'auto', 'wasm', 'tensorflow', 'webgpu', 'webgl', 'cpu'( \(did you mean 'webgl'\?\))?, got /,
    );
  });

  it('prints nothing', async () => {
    const log = vi.spyOn(console, 'log');
    await useBackend('cpu');
    expect(log).not.toHaveBeenCalled();
  });
});
