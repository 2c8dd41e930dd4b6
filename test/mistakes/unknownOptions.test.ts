import {sum, type Tensor, tensor, zeros} from '@tensorflow/tfjs-core';
import {sequential} from '@tensorflow/tfjs-layers';
import * as main from 'tfjs-discrete';
import {describe, expect, it} from 'vitest';
import * as analysis from '../../src/analysis/index.js';
import * as circuit from '../../src/circuit/index.js';
import * as node from '../../src/node/index.js';
import * as registry from '../../src/registry/index.js';
import * as search from '../../src/search/index.js';
import * as wasm from '../../src/wasm/index.js';
import type {Untyped} from './Mistake.js';
import {smallModel} from './rows/training.js';

/** Calls a function with `options`, and with whatever else it requires; and one of its options. */
type Call = readonly [call: (options: Untyped) => unknown, option: string];

/** In place of a call, for what takes no options: why not. */
type Reason = string;

/** A function by its exported name, whatever its types. */
const untyped = (module: object) => module as Untyped;

const {callbacks, functional, layers, optimizers} = main as Untyped;
const everything = untyped(main);

const x = zeros([4, 2]);
const y = zeros([4, 1]);
const gates = zeros([1, 16]);
const connections = tensor([[0, 1]], [1, 2], 'int32');
const loss = (codes: Tensor) => sum(codes, [1, 2]);
const trained = () =>
  sequential({
    layers: [main.layers.logicGateLayer({units: 4, inputShape: [2]}), main.layers.groupSum({groups: 2})],
  });
const found = () =>
  search.search({
    trial: () => ({loss: 1}),
    strategy: search.diagonal({temperature: [1]}),
    minimize: 'loss',
    progress: false,
  });

const make =
  (exported: object, name: string, ...before: unknown[]) =>
  (options: Untyped) =>
    new (untyped(exported)[name])(...before, options);
const call =
  (exported: object, name: string, ...before: unknown[]) =>
  (options: Untyped) =>
    untyped(exported)[name](...before, options);

const POSITIONAL = 'its arguments have no names';
const ABSTRACT = 'an abstract class, whose subclasses are here';

const LAYER_OPTIONS = {
  decoupledCategorical: 'categories',
  stochasticBinary: 'values',
  logicGateLayer: 'units',
  groupSum: 'groups',
  thermometerEncoding: 'thresholds',
  straightThroughRound: 'levels',
  vectorQuantizer: 'codes',
};
const CALLBACK_OPTIONS: Readonly<Record<string, readonly [option: string, ...before: unknown[]]>> = {
  deadUnits: ['threshold'],
  perplexity: ['layers'],
  gradientNorm: ['perLayer'],
  monitors: ['threshold'],
  temperatureSchedule: ['forwardTemperature'],
  tensorBoard: ['histograms', 'runs'],
  learningRateSchedule: ['unit', main.functional.schedules.constant(1)],
  reduceLROnPlateau: ['patience'],
  restoreBestWeights: ['minDelta'],
  csvLogger: ['append', 'log.csv'],
  progress: ['display'],
  checkpoint: ['saveBestOnly', 'runs'],
  report: ['title', 'report.html'],
};

const className = (factory: string) =>
  ({reduceLROnPlateau: 'ReduceLROnPlateau', csvLogger: 'CsvLogger'})[factory] ??
  factory[0]!.toUpperCase() + factory.slice(1);

/** Every function and class that the package exports, by entry point. */
const EXPORTS: Readonly<Record<string, readonly [module: object, Readonly<Record<string, Call | Reason>>]>> =
  {
    layers: [
      layers,
      Object.fromEntries(
        Object.entries(LAYER_OPTIONS).map(([name, option]) => [name, [call(layers, name), option] as const]),
      ),
    ],
    callbacks: [
      callbacks,
      {
        list: POSITIONAL,
        terminateOnNaN: 'there is no option to misspell',
        ...Object.fromEntries(
          Object.entries(CALLBACK_OPTIONS).map(([name, [option, ...before]]) => [
            name,
            [call(callbacks, name, ...before), option] as const,
          ]),
        ),
      },
    ],
    optimizers: [
      optimizers,
      Object.fromEntries(
        ['adam', 'adamW', 'rectifiedAdam'].map((name) => [
          name,
          [call(optimizers, name), 'learningRate'] as const,
        ]),
      ),
    ],
    functional: [
      functional,
      {
        decoupledCategorical: [call(functional, 'decoupledCategorical', x), 'estimator'],
        stochasticBinary: [call(functional, 'stochasticBinary', x), 'temperature'],
        logicGates: [call(functional, 'logicGates', x, gates, connections), 'gradientFactor'],
        straightThroughRound: [call(functional, 'straightThroughRound', x), 'levels'],
        sampleConnections: [call(functional, 'sampleConnections'), 'inputs'],
        stopGradient: POSITIONAL,
        gateBit: POSITIONAL,
        gateCoefficients: POSITIONAL,
        gumbelNoise: POSITIONAL,
        logisticNoise: POSITIONAL,
        randomUniform: POSITIONAL,
        knownEstimators: POSITIONAL,
      },
    ],
    'functional.schedules': [
      functional.schedules,
      Object.fromEntries(Object.keys(functional.schedules).map((name) => [name, POSITIONAL])),
    ],
    'tfjs-discrete': [
      main,
      {
        ...Object.fromEntries(
          Object.entries(LAYER_OPTIONS).map(([name, option]) => [
            className(name),
            [make(main, className(name)), option] as const,
          ]),
        ),
        ...Object.fromEntries(
          Object.entries(CALLBACK_OPTIONS).map(([name, [option, ...before]]) => [
            className(name),
            [make(main, className(name), ...before), option] as const,
          ]),
        ),
        ...Object.fromEntries(
          ['Adam', 'AdamW', 'RectifiedAdam'].map((name) => [
            name,
            [make(main, name), 'learningRate'] as const,
          ]),
        ),
        TerminateOnNaN: 'there is no option to misspell',
        DiscreteLayer: ABSTRACT,
        AdaptiveOptimizer: ABSTRACT,
        EventDownload: POSITIONAL,
        ShuffledBatches: [make(main, 'ShuffledBatches', x, y), 'batchSize'],
        shuffledBatches: [call(main, 'shuffledBatches', x, y), 'batchSize'],
        report: [call(main, 'report', {loss: [1]}), 'images'],
        discreteSummary: POSITIONAL,
        removeCheckpoints: POSITIONAL,
        resume: POSITIONAL,
        resumeExactly: POSITIONAL,
        setSeed: POSITIONAL,
        useBackend: [call(main, 'useBackend', 'cpu'), 'threads'],
        isObservable: POSITIONAL,
        isSchedulable: POSITIONAL,
      },
    ],
    'tfjs-discrete/search': [
      search,
      {
        search: [call(search, 'search'), 'strategy'],
        grid: [call(search, 'grid'), 'learningRate'],
        sequential: [call(search, 'sequential'), 'fixedBackwardTemperature'],
        diagonal: [call(search, 'diagonal'), 'temperature'],
        heatMap: [async (options) => search.heatMap(await found(), options), 'reference'],
        linePlot: [async (options) => search.linePlot(await found(), options), 'along'],
        startSearchWorker: [call(search, 'startSearchWorker'), 'lockSeconds'],
        range: POSITIONAL,
        fromJson: POSITIONAL,
        toJson: POSITIONAL,
        trialsToCsv: POSITIONAL,
        configurationsToCsv: POSITIONAL,
        writeHParams: POSITIONAL,
      },
    ],
    'tfjs-discrete/analysis': [
      analysis,
      {
        epochWithoutLearning: [call(analysis, 'epochWithoutLearning', smallModel(), x, y), 'batchSize'],
        sweepBackward: [call(analysis, 'sweepBackward', smallModel(), x, y, [1]), 'threshold'],
        sweepForward: [call(analysis, 'sweepForward', smallModel(), x, y, [1]), 'passes'],
        estimatorMoments: [call(analysis, 'estimatorMoments', loss, zeros([2, 2])), 'passes'],
        exactGradient: [call(analysis, 'exactGradient', loss, zeros([2, 2])), 'chunk'],
        gradientGap: [call(analysis, 'gradientGap', loss, zeros([2, 2])), 'estimator'],
        biasVariance: POSITIONAL,
        gateDistribution: POSITIONAL,
        lossGradients: POSITIONAL,
        signalToNoise: POSITIONAL,
      },
    ],
    'tfjs-discrete/circuit': [
      circuit,
      {
        Circuit: [call(circuit.Circuit, 'fromModel', trained()), 'threshold'],
        CompiledCircuit: [
          async (options) => (await circuit.Circuit.fromModel(trained()).compile()).startWorkers(options),
          'threads',
        ],
        CircuitWorkers: 'made by `startWorkers` of CompiledCircuit',
        checkEquivalence: [
          (options) => {
            const same = circuit.Circuit.fromModel(trained());
            return circuit.checkEquivalence(same, same, options);
          },
          'vectors',
        ],
        importDifflogic: [call(circuit, 'importDifflogic', {inputs: 2, groups: 1, layers: []}), 'threshold'],
        importTorchlogix: [
          call(circuit, 'importTorchlogix', {inputs: 2, groups: 1, layers: []}),
          'threshold',
        ],
      },
    ],
    'tfjs-discrete/node': [
      node,
      {
        useBackend: [call(node, 'useBackend', 'cpu'), 'threads'],
        saveCircuit: [
          (options) => node.saveCircuit(circuit.Circuit.fromModel(trained()), 'out', options),
          'files',
        ],
        loadCircuit: POSITIONAL,
        fileSystem: POSITIONAL,
      },
    ],
    'tfjs-discrete/registry': [
      registry,
      {
        registerEstimator: [call(registry, 'registerEstimator'), 'temperatures'],
        Registry: POSITIONAL,
      },
    ],
    'tfjs-discrete/wasm': [wasm, {installTrainingKernels: 'there is no option to misspell'}],
  };

/** Methods that take options, which no export lists. */
const METHODS: Readonly<Record<string, Call>> = {
  'Circuit.compile': [(options) => circuit.Circuit.fromModel(trained()).compile(options), 'simd'],
  'Circuit.forBytes': [(options) => circuit.Circuit.fromModel(trained()).forBytes(options), 'divisor'],
  'Circuit.fromModelAsync': [call(circuit.Circuit, 'fromModelAsync', trained()), 'threshold'],
  'Circuit.toC': [(options) => circuit.Circuit.fromModel(trained()).toC(options), 'name'],
  'Circuit.toVerilog': [(options) => circuit.Circuit.fromModel(trained()).toVerilog(options), 'testBench'],
  setTemperatures: [(options) => main.layers.stochasticBinary().setTemperatures(options), 'temperature'],
  'report.images': [(images) => everything.report({loss: [1]}, {model: smallModel(), images}), 'classNames'],
  'heatMap.reference': [
    async (reference) => search.heatMap(await found(), {reference} as Untyped),
    'forwardTemperature',
  ],
  'search.redis': [
    (redis) =>
      untyped(search).search({strategy: search.diagonal({temperature: [1]}), minimize: 'loss', redis}),
    'queue',
  ],
};

/** Doubles the second letter. */
const misspell = (option: string) => `${option.slice(0, 2)}${option.slice(1)}`;

async function messageOf(act: () => unknown): Promise<string | undefined> {
  try {
    await act();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

describe.each(Object.entries(EXPORTS))('%s', (_, [module, known]) => {
  it('has every function that it exports in this table', () => {
    const functions = Object.entries(module).flatMap(([name, value]) =>
      typeof value === 'function' ? name : [],
    );
    expect(Object.keys(known).sort()).toEqual(functions.sort());
  });
});

const CALLS = [
  ...Object.values(EXPORTS).flatMap(([, known]) => Object.entries(known)),
  ...Object.entries(METHODS),
].flatMap(([name, entry]) => (typeof entry === 'string' ? [] : [[name, ...entry] as const]));

describe('an unknown option', () => {
  it.each(CALLS)('of %s is rejected, and the nearest one suggested', async (_, act, option) => {
    const message = await messageOf(() => act({[misspell(option)]: 1}));
    expect(message).toContain(`\`${misspell(option)}\``);
    expect(message).toContain(`did you mean \`${option}\``);
  });

  it.each(CALLS)('of %s that is like none is rejected, and all are listed', async (_, act, option) => {
    const message = await messageOf(() => act({zzzzzzzzzzzz: 1}));
    expect(message).toContain('`zzzzzzzzzzzz`');
    expect(message).toContain(`\`${option}\``);
  });

  it.each(CALLS)('set of %s has to be an object', async (_, act) => {
    expect(await messageOf(() => act(7))).toMatch(/ an object.*, got 7/);
  });
});
