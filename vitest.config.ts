import {fileURLToPath} from 'node:url';
import {defineConfig} from 'vitest/config';
import {NATIVE_FOLDER} from './test/native/buildNative.js';

const source = (path: string) => fileURLToPath(new URL(`./src/${path}`, import.meta.url));

/** The documentation's programs, which train real models: `npm run test:docs`. */
const DOCS = 'test/docs/*.test.ts';

/**
 * What starts or replaces backends, installs kernels over TensorFlow.js's own, answers signals, or mocks modules gets a process
 * of its own. test/support/sharedProcess.ts fails where another file leaves such a thing changed.
 */
const OWN_PROCESS = [
  'test/examples/papersTasks.test.ts', // `useBackend` installs training kernels, for good
  'test/node/{useBackend,useBackend.browser}.test.ts', // replace backends
  'test/node/{threads,wideVectors}.test.ts', // start threads on the memory of the wasm backend
  'test/wasm/*.test.ts', // install training kernels, and one mocks a module
];

/**
 * Every test file runs once on each backend that a plain npm install brings, but for those without a test there. Loading
 * TensorFlow.js takes longer than many a file, so that a process runs many.
 */
const onBackend = (backend: string, exclude: string[]) => {
  const leftOut = [DOCS, 'test/native/*.test.ts', ...exclude];
  const env = {TFJS_BACKEND: backend};
  return [
    {
      extends: true as const,
      test: {
        name: backend,
        env,
        include: ['test/**/*.test.ts'],
        exclude: [...leftOut, ...OWN_PROCESS],
        isolate: false,
        setupFiles: ['test/support/sharedProcess.ts'],
      },
    },
    {
      extends: true as const,
      test: {name: `${backend}-alone`, env, include: OWN_PROCESS, exclude: leftOut},
    },
  ];
};

/** What is left out on native TensorFlow: bits of release 0.1.0, programs on another backend, kernels it lacks, and long runs. */
const NOT_ON_NATIVE = [
  'test/{functional,layers}/golden.test.ts',
  'test/callbacks/checkpoint/kill.test.ts',
  'test/kernels/{binary,bounds,build,categorical}.test.ts',
  'test/layers/{configs,gateDefaults,leaks}.test.ts',
];

/** What every layer, function, callback and optimizer owes its user, on tfjs-node: `npm run test:native` builds that first. */
const onNative = {
  extends: true as const,
  test: {
    name: 'tensorflow',
    env: {TFJS_BACKEND: 'tensorflow', TFJS_NODE_FOLDER: NATIVE_FOLDER, TF_CPP_MIN_LOG_LEVEL: '2'},
    include: ['test/{analysis,callbacks,functional,kernels,layers,native,optimizers,summary}/**/*.test.ts'],
    exclude: NOT_ON_NATIVE,
    // Loading TensorFlow takes seconds, so that a process runs many files.
    isolate: false,
  },
};

const onDocs = {extends: true as const, test: {name: 'docs', include: [DOCS], env: {TFJS_BACKEND: 'cpu'}}};

/** About the wasm backend alone, about programs that run on it unless asked not to, or about files, whatever the backend. */
const WASM_ALONE = [
  'test/callbacks/CsvLogger.test.ts',
  'test/callbacks/{report,tensorboard}/*.test.ts',
  'test/examples/{interrupt,main,papersTasks,resuming,warmUp}.test.ts',
  'test/kernels/bounds.test.ts',
  'test/layers/gateDefaults.test.ts',
  'test/node/{hostileModels,saveCircuit,threads,wideVectors}.test.ts',
  'test/wasm/{dtypes,elementwise,fuseLosses,fusedTfjsAdam,heap,models,savedTensors,scopes,unusedGradients,withoutModule}.test.ts',
];

/** About no backend: once is enough. */
const ONCE = [
  'test/bench/*.test.ts',
  'test/circuit/{circuitJson,exports,simplify}.test.ts',
  'test/circuit/build/importNetwork.test.ts',
  'test/circuit/compile/*.test.ts',
  'test/examples/{idx,options,papers,papersData}.test.ts',
  'test/fuzz/*.test.ts',
  'test/functional/{checkOptions,connections,schedules,setSeed,validate}.test.ts',
  'test/kernels/build.test.ts',
  'test/layers/configs.test.ts',
  'test/mistakes/*.test.ts',
  'test/playground/*.test.ts',
  'test/search/*.test.ts',
  'test/wasm/panels.test.ts',
];

export default defineConfig({
  resolve: {
    alias: [
      {find: /^tfjs-discrete$/, replacement: source('index.ts')},
      {find: /^tfjs-discrete\/(.*)$/, replacement: source('$1/index.ts')},
    ],
  },
  test: {
    setupFiles: ['test/support/backend.ts'],
    pool: 'forks',
    // What V8 was told, as `node --experimental-wasm-revectorize node_modules/vitest/vitest.mjs` does, holds for tests too.
    execArgv: process.execArgv.filter((argument) => argument.startsWith('--experimental-wasm')),
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    projects: [...onBackend('cpu', WASM_ALONE), ...onBackend('wasm', ONCE), onNative, onDocs],
  },
});
