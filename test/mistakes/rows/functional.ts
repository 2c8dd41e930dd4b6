import {tensor, zeros} from '@tensorflow/tfjs-core';
import * as typed from '../../../src/functional/index.js';
import {setSeed as typedSetSeed} from '../../../src/functional/setSeed.js';
import {mistakes, type Untyped} from '../Mistake.js';

const functional = typed as Untyped;
const {schedules} = functional;
const setSeed = typedSetSeed as Untyped;

const logits = tensor([[0.5, 1]]);
const gates = zeros([1, 16]);
const connections = tensor([[0, 1]], [1, 2], 'int32');

export const functionalMistakes = mistakes(
  [
    'a sample without a seed',
    ['stochasticBinary', '`seed`', 'integer', 'undefined'],
    () => functional.stochasticBinary(logits, {}),
  ],
  [
    'a sample without arguments',
    ['decoupledCategorical', '`seed`', 'integer', 'undefined'],
    () => functional.decoupledCategorical(logits),
  ],
  [
    'a seed in place of an object',
    ['stochasticBinary', 'object', '7'],
    () => functional.stochasticBinary(logits, 7),
  ],
  [
    'a misspelt temperature',
    ['decoupledCategorical', '`temprature`', '`temperature`'],
    () => functional.decoupledCategorical(logits, {temprature: 1, seed: 1}),
  ],
  [
    "a layer's option for a function",
    ['stochasticBinary', '`evaluation`'],
    () => functional.stochasticBinary(logits, {evaluation: 'sample', seed: 1}),
  ],
  [
    'numbers in place of a tensor of log-odds',
    ['stochasticBinary', '`logits`', 'tensor', '[0.5,1]'],
    () => functional.stochasticBinary([0.5, 1], {seed: 1}),
  ],
  [
    'numbers in place of a tensor of logits',
    ['decoupledCategorical', '`logits`', 'tensor', '[0.5,1]'],
    () => functional.decoupledCategorical([0.5, 1], {seed: 1}),
  ],
  [
    'one number as categorical logits',
    ['decoupledCategorical', '`logits`', '[]'],
    () => functional.decoupledCategorical(tensor(1), {seed: 1}),
  ],
  [
    'numbers in place of the inputs of gates',
    ['logicGates', '`x`', 'tensor', '[0,1]'],
    () => functional.logicGates([0, 1], gates, connections, {seed: 1}),
  ],
  [
    'gate ids in place of gate logits',
    ['logicGates', '`gates`', '[units, 16]', '[1]'],
    () => functional.logicGates(logits, tensor([6]), connections, {seed: 1}),
  ],
  [
    'connections the wrong way round',
    ['logicGates', '`connections`', '[1, 2]', '[2,1]'],
    () => functional.logicGates(logits, gates, tensor([[0], [1]], [2, 1], 'int32'), {seed: 1}),
  ],
  [
    'connections to inputs that are not there',
    ['logicGates', '`connections`', '7'],
    () => functional.logicGates(logits, gates, tensor([[0, 7]], [1, 2], 'int32'), {seed: 1}),
  ],
  [
    'numbers in place of a tensor to stop at',
    ['stopGradient', '`x`', 'tensor', '[1]'],
    () => functional.stopGradient([1]),
  ],
  [
    'numbers in place of a tensor to round',
    ['straightThroughRound', '`x`', 'tensor', '[0.4]'],
    () => functional.straightThroughRound([0.4]),
  ],
  [
    'the levels in place of an object',
    ['straightThroughRound', 'object', '4'],
    () => functional.straightThroughRound(logits, 4),
  ],
  [
    'connections of no inputs',
    ['sampleConnections', '`inputs`', '>= 1', 'undefined'],
    () => functional.sampleConnections({units: 4, seed: 1}),
  ],
  [
    'positional arguments for connections',
    ['sampleConnections', 'object', '8'],
    () => functional.sampleConnections(8, 16, 1),
  ],
  [
    'a seed in place of a random key',
    ['randomUniform', '`key`', 'seed', '7'],
    () => functional.randomUniform([2], 7),
  ],
  [
    'a random key without a step',
    ['gumbelNoise', '`key.step`', 'integer', 'undefined'],
    () => functional.gumbelNoise([2], {seed: 1, stream: 0}),
  ],
  [
    'a shape that is a number',
    ['logisticNoise', '`shape`', '3'],
    () => functional.logisticNoise(3, {seed: 1, stream: 0, step: 0}),
  ],
  [
    'a gate that does not exist',
    ['gateCoefficients', '`id`', '15', '16'],
    () => functional.gateCoefficients(16),
  ],
  ['no seed for a run', ['setSeed', '`seed`', 'integer', 'undefined'], () => setSeed()],
  ['a run seeded by a word', ['setSeed', '`seed`', 'integer', '"lucky"'], () => setSeed('lucky')],
  [
    'a schedule without a duration',
    ['cosine', '`duration`', '>= 1', 'undefined'],
    () => schedules.cosine(1, 0.1),
  ],
  [
    'a schedule with named arguments',
    ['linear', '`from`', 'number', '{"from":1'],
    () => schedules.linear({from: 1, to: 0.1, duration: 20}),
  ],
  [
    'an exponential schedule to 0',
    ['exponential', '`to`', '> 0', '0'],
    () => schedules.exponential(1, 0, 20),
  ],
  ['a negative constant', ['constant', '`value`', '>= 0', '-1'], () => schedules.constant(-1)],
  ['half an epoch', ['linear', '`duration`', 'whole number', '0.5'], () => schedules.linear(1, 0, 0.5)],
  [
    'as many values as boundaries',
    ['steps', '`values`', '`boundaries`', '2'],
    () => schedules.steps([1, 0.5], [10, 20]),
  ],
  ['boundaries that fall', ['steps', '`boundaries`', '10'], () => schedules.steps([1, 0.5, 0.1], [20, 10])],
  ['a warm-up to nothing', ['warmUp', '`target`', 'function', 'undefined'], () => schedules.warmUp()],
  [
    'a sequence of numbers',
    ['sequence', '`schedules`', 'function', '1'],
    () => schedules.sequence([1, 0.5], [10]),
  ],
  ['a repeat of a number', ['repeat', '`schedule`', 'function', '1'], () => schedules.repeat(1, 10)],
  [
    'a scale by a word',
    ['scale', '`factor`', '"half"'],
    () => schedules.scale(schedules.constant(1), 'half'),
  ],
  [
    'a description of an unknown schedule',
    ['fromDescription', '`kind`', "'cosine'", '"cosin"'],
    () => schedules.fromDescription({kind: 'cosin', from: 1, to: 0, duration: 5}),
  ],
  [
    'a number for what a sample reports to',
    ['stochasticBinary', '`onGradient`', 'function', '5'],
    () => functional.stochasticBinary(logits, {onGradient: 5, seed: 1}),
  ],
  [
    'a number for what gates report to',
    ['logicGates', '`onGradient`', 'function', '5'],
    () => functional.logicGates(logits, gates, connections, {onGradient: 5, seed: 1}),
  ],
  [
    'gate logits in an array',
    ['logicGates', '`gates`', 'tensor', '[[0]]'],
    () => functional.logicGates(logits, [[0]], connections, {seed: 1}),
  ],
  [
    'connections in an array',
    ['logicGates', '`connections`', 'tensor', '[[0,1]]'],
    () => functional.logicGates(logits, gates, [[0, 1]], {seed: 1}),
  ],
  [
    'one number as the inputs of gates',
    ['logicGates', '`x`', '[...batch, inputs]', '[]'],
    () => functional.logicGates(tensor(1), gates, connections, {seed: 1}),
  ],
);
