import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {serialization} from '@tensorflow/tfjs-core';
import {loadLayersModel, sequential, layers as tfLayers} from '@tensorflow/tfjs-layers';
import * as typedCircuit from '../../../src/circuit/index.js';
import {groupSum, logicGateLayer} from '../../../src/layers/factories.js';
import * as typedNode from '../../../src/node/index.js';
import * as typedRegistry from '../../../src/registry/index.js';
import {mistakes, type Untyped} from '../Mistake.js';
import {smallModel} from './training.js';

const {Circuit, checkEquivalence, importDifflogic, importTorchlogix} = typedCircuit as Untyped;
const {fileSystem, loadCircuit, saveCircuit, useBackend} = typedNode as Untyped;
const {registerEstimator, registry} = typedRegistry as Untyped;

const gates = () =>
  sequential({layers: [logicGateLayer({units: 4, inputShape: [2], seed: 1}), groupSum({groups: 2})]});
const circuit = () => Circuit.fromModel(gates());

export const circuitMistakes = mistakes(
  [
    'a model with a dense layer',
    ['Circuit.fromModel', "'head'", 'LogicGateLayer', 'lastLayer', '"Dense"'],
    () => {
      const model = gates();
      model.add(tfLayers.dense({name: 'head', units: 2}));
      return Circuit.fromModel(model);
    },
  ],
  ['no model', ['Circuit.fromModel', '`model`', 'tf.sequential', 'undefined'], () => Circuit.fromModel()],
  [
    'a layer in place of a model',
    ['Circuit.fromModel', '`model`', 'tf.sequential', '"LogicGateLayer"'],
    () => Circuit.fromModel(logicGateLayer({units: 2})),
  ],
  [
    'a model without an input shape',
    ['Circuit.fromModel', '`model`', 'inputShape'],
    () => Circuit.fromModel(sequential()),
  ],
  [
    'a misspelt option',
    ['Circuit.fromModel', '`treshold`', '`threshold`'],
    () => Circuit.fromModel(gates(), {treshold: 0.5}),
  ],
  [
    'a threshold in place of an object',
    ['Circuit.fromModel', 'object', '0.5'],
    () => Circuit.fromModel(gates(), 0.5),
  ],
  [
    'a last layer that is not there',
    ['Circuit.fromModel', '`lastLayer`', "'", '"softmax"'],
    () => Circuit.fromModel(gates(), {lastLayer: 'softmax'}),
  ],
  [
    'too few names of scores',
    ['Circuit.fromModel', '`scoreNames`', '2', 'cat'],
    () => Circuit.fromModel(gates(), {scoreNames: ['cat']}),
  ],
  ['no parts', ['Circuit', 'undefined'], () => new Circuit()],
  ['JSON that is cut off', ['Circuit.fromJSON', 'JSON'], () => Circuit.fromJSON('{"format":')],
  ['JSON of something else', ['Circuit.fromJSON', '`format`'], () => Circuit.fromJSON({})],
  ['one feature too few', ['Circuit.evaluate', '`batch`', '2', '3'], () => circuit().evaluate([0, 1, 1])],
  [
    'rows in place of one long array',
    ['Circuit.evaluate', '`batch[0]`', 'number', '[0,1]'],
    () =>
      circuit().evaluate([
        [0, 1],
        [1, 1],
      ]),
  ],
  [
    'a feature of NaN',
    ['Circuit.evaluate', '`batch[1]`', 'number', 'NaN'],
    () => circuit().evaluate([0, Number.NaN]),
  ],
  ['bytes without a divisor', ['Circuit.forBytes', '`divisor`', 'undefined'], () => circuit().forBytes()],
  ['a C name with a space', ['Circuit.toC', '`name`', '"my net"'], () => circuit().toC({name: 'my net'})],
  ['a C name in place of an object', ['Circuit.toC', 'object', '"net"'], () => circuit().toC('net')],
  [
    'a misspelt option of Verilog',
    ['Circuit.toVerilog', '`testbench`', '`testBench`'],
    () => circuit().toVerilog({testbench: []}),
  ],
  ['a score that is not there', ['Circuit.explain', '`score`', '1', '7'], () => circuit().explain(7)],
  [
    'a word for simd',
    ['Circuit.compile', '`simd`', 'true or false', '"yes"'],
    () => circuit().compile({simd: 'yes'}),
  ],
  [
    'no threads',
    ['startWorkers', '`threads`', '>= 1', '0'],
    async () => (await circuit().compile()).startWorkers({threads: 0}),
  ],
  [
    'a model in place of a circuit',
    ['checkEquivalence', '`one`', 'circuit', 'Sequential'],
    () => checkEquivalence(gates(), circuit()),
  ],
  [
    'a network without layers',
    ['importDifflogic', '`layers`', 'undefined'],
    () => importDifflogic({inputs: 2, groups: 1}),
  ],
  ['a network of nothing', ['importTorchlogix', 'undefined'], () => importTorchlogix()],
  [
    'a string for a threshold',
    ['Circuit.fromModel', '`threshold`', 'number', '"0.5"'],
    () => Circuit.fromModel(gates(), {threshold: '0.5'}),
  ],
);

/** What happens with only `tfjs-discrete/node` imported: TensorFlow.js does not know the layers. */
async function withoutLayers(run: () => Promise<unknown>): Promise<void> {
  const {classNameMap} = serialization.SerializationMap.getMap();
  const {StochasticBinary} = classNameMap;
  delete classNameMap.StochasticBinary;
  try {
    await run();
  } finally {
    classNameMap.StochasticBinary = StochasticBinary!;
  }
}

export const nodeMistakes = mistakes(
  ['a backend that is not there', ['useBackend', '`name`', "'wasm'", '"gpu"'], () => useBackend('gpu')],
  [
    'a misspelt option of the backend',
    ['useBackend', '`thread`', '`threads`'],
    () => useBackend('wasm', {thread: 2}),
  ],
  ['threads in place of an object', ['useBackend', 'object', '2'], () => useBackend('wasm', 2)],
  [
    'half a thread',
    ['useBackend', '`threads`', 'whole number', '0.5'],
    () => useBackend('wasm', {threads: 0.5}),
  ],
  [
    'vectors that no processor has',
    ['useBackend', '`vectors`', '128 or 256', '512'],
    () => useBackend('wasm', {vectors: 512}),
  ],
  [
    'vectors of a backend without them',
    ['useBackend', '`vectors`', "'cpu'", '256'],
    () => useBackend('cpu', {vectors: 256}),
  ],
  ['no path', ['FileSystem', '`path`', 'path', 'undefined'], () => fileSystem()],
  [
    'a model that is not there',
    ['FileSystem', '`path`', 'model.json', 'nowhere'],
    () => loadLayersModel(fileSystem('/nowhere')),
  ],
  [
    'loading without importing tfjs-discrete',
    ['StochasticBinary', "import 'tfjs-discrete'"],
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'tfjs-discrete-mistakes-'));
      try {
        await smallModel().save(fileSystem(folder));
        await withoutLayers(() => loadLayersModel(fileSystem(folder)));
      } finally {
        rmSync(folder, {recursive: true, force: true});
      }
    },
  ],
  [
    'a model in place of a circuit',
    ['saveCircuit', '`circuit`', 'Circuit'],
    () => saveCircuit(gates(), 'out'),
  ],
  [
    'a circuit without a folder',
    ['saveCircuit', '`folder`', 'path', 'undefined'],
    () => saveCircuit(circuit()),
  ],
  [
    'a format nobody knows',
    ['saveCircuit', '`files[0]`', "'verilog'", '"vhdl"'],
    () => saveCircuit(circuit(), 'out', {files: ['vhdl']}),
  ],
  [
    'one format without brackets',
    ['saveCircuit', '`files`', 'list', '"c"'],
    () => saveCircuit(circuit(), 'out', {files: 'c'}),
  ],
  ['a circuit that is not there', ['loadCircuit', 'nowhere.json'], () => loadCircuit('/nowhere.json')],
  ['no circuit file', ['loadCircuit', '`path`', 'undefined'], () => loadCircuit()],
  [
    'no format at all',
    ['saveCircuit', '`files`', 'at least one', '[]'],
    () => saveCircuit(circuit(), 'out', {files: []}),
  ],
  [
    'threads for a backend without them',
    ['useBackend', '`threads`', "'cpu'", '2'],
    () => useBackend('cpu', {threads: 2}),
  ],
  ['WebGL outside a page', ['useBackend', '`name`', 'browser', '"webgl"'], () => useBackend('webgl')],
  [
    'a number for the paths of wasm',
    ['useBackend', '`wasmPaths`', 'folder', '5'],
    () => useBackend('wasm', {wasmPaths: 5}),
  ],
  [
    'the path of one wasm file of three',
    ['useBackend', "wasmPaths['tfjs-backend-wasm-simd.wasm']", 'address', 'undefined'],
    () => useBackend('wasm', {wasmPaths: {'tfjs-backend-wasm.wasm': 'a.wasm'}}),
  ],
  [
    'a misspelt wasm file',
    ['useBackend', '`tfjs-backend.wasm`', '`tfjs-backend-wasm.wasm`'],
    () => useBackend('wasm', {wasmPaths: {'tfjs-backend.wasm': 'a.wasm'}}),
  ],
);

const rule = {forward: () => {}, backward: () => {}};

export const registryMistakes = mistakes(
  [
    'an estimator that is only a name',
    ['Registry', '`estimator`', 'object', '"mine"'],
    () => registerEstimator('mine'),
  ],
  [
    'an estimator under a name that is taken',
    ['Estimator', '`id`', "'gumbel'", '"gumbel"'],
    () => registerEstimator({id: 'gumbel', temperatures: 'both', categorical: rule}),
  ],
  [
    'an estimator with dashes in its name',
    ['Estimator', '`id`', 'camelCase', '"my-own"'],
    () => registerEstimator({id: 'my-own', temperatures: 'both', categorical: rule}),
  ],
  [
    'two for both temperatures',
    ['Estimator', '`temperatures`', "'both'", '2'],
    () => registerEstimator({id: 'mine', temperatures: 2, categorical: rule}),
  ],
  [
    'an estimator without a rule',
    ['Estimator', '`categorical.forward`', 'function', 'undefined'],
    () => registerEstimator({id: 'mine', temperatures: 'both'}),
  ],
  [
    'a misspelt rule of an estimator',
    ['Estimator', '`binery`', '`binary`'],
    () => registerEstimator({id: 'mine', temperatures: 'both', categorical: rule, binery: rule}),
  ],
  [
    'a layer in place of its class',
    ['Registry', '`layerClass`', 'class'],
    () => registry.registerLayer(logicGateLayer({units: 2})),
  ],
  [
    'an arrow function in place of a class',
    ['Layer', '`className`', 'undefined'],
    () => registry.registerLayer(() => {}),
  ],
  [
    'an event writer in place of its factory',
    ['Registry', '`factory`', 'function', '{}'],
    () => registry.registerEventWriter({}),
  ],
  [
    'a kernel set without kernels',
    ['Registry', '`kernelSet`', '{"backendName":"cpu"}'],
    () => registry.registerKernelSet({backendName: 'cpu'}),
  ],
);
