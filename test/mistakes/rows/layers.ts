import {ones, tensor, zeros} from '@tensorflow/tfjs-core';
import {input, sequential, layers as tfLayers} from '@tensorflow/tfjs-layers';
import * as typed from '../../../src/layers/factories.js';
import {
  isObservable as typedIsObservable,
  isSchedulable as typedIsSchedulable,
} from '../../../src/layers/index.js';
import {mistakes, type Untyped} from '../Mistake.js';

const layers = typed as Untyped;
const [isObservable, isSchedulable] = [typedIsObservable, typedIsSchedulable] as Untyped;

export const layerMistakes = mistakes(
  [
    'an old short name',
    ['StochasticBinary', '`forwardTemp`', '`forwardTemperature`'],
    () => layers.stochasticBinary({forwardTemp: 0.1}),
  ],
  [
    "the papers' letters",
    ['StochasticBinary', '`tf`', '`forwardTemperature`'],
    () => layers.stochasticBinary({tf: 0.1}),
  ],
  [
    "the papers' other letters",
    ['DecoupledCategorical', '`tb`', '`backwardTemperature`'],
    () => layers.decoupledCategorical({tb: 0.1}),
  ],
  [
    'PyTorch’s snake case',
    ['StochasticBinary', '`backward_temperature`', '`backwardTemperature`'],
    () => layers.stochasticBinary({backward_temperature: 0.7}),
  ],
  ['the singular of units', ['LogicGateLayer', '`unit`', '`units`'], () => layers.logicGateLayer({unit: 64})],
  ['the singular of groups', ['GroupSum', '`group`', '`groups`'], () => layers.groupSum({group: 10})],
  [
    "difflogic's tau for GroupSum",
    ['GroupSum', '`tau`', '`temperature`'],
    () => layers.groupSum({groups: 10, tau: 10}),
  ],
  [
    'the singular of thresholds',
    ['ThermometerEncoding', '`threshold`', '`thresholds`'],
    () => layers.thermometerEncoding({threshold: 3}),
  ],
  [
    'the singular of levels',
    ['StraightThroughRound', '`level`', '`levels`'],
    () => layers.straightThroughRound({level: 2}),
  ],
  [
    "Keras's numEmbeddings",
    ['VectorQuantizer', '`numEmbeddings`', '`codes`'],
    () => layers.vectorQuantizer({numEmbeddings: 64}),
  ],
  [
    'the number of units in place of an object',
    ['StochasticBinary', 'object', '200'],
    () => layers.stochasticBinary(200),
  ],
  [
    'the number of gates in place of an object',
    ['LogicGateLayer', 'object', '64'],
    () => layers.logicGateLayer(64),
  ],
  [
    'a name in place of an object',
    ['DecoupledCategorical', 'object', '"code"'],
    () => layers.decoupledCategorical('code'),
  ],
  [
    'an array in place of an object',
    ['StochasticBinary', 'object', '[0.1,0.7]'],
    () => layers.stochasticBinary([0.1, 0.7]),
  ],
  [
    'logic gates without a number of units',
    ['LogicGateLayer', '`units`', '>= 1', 'undefined'],
    () => layers.logicGateLayer(),
  ],
  ['a GroupSum without groups', ['GroupSum', '`groups`', '>= 1', 'undefined'], () => layers.groupSum({})],
  [
    'a codebook without a size',
    ['VectorQuantizer', '`codes`', '>= 1', 'undefined'],
    () => layers.vectorQuantizer(),
  ],
  [
    'thresholds left out',
    ['ThermometerEncoding', '`thresholds`', 'undefined'],
    () => layers.thermometerEncoding(),
  ],
  [
    'a string for a temperature',
    ['StochasticBinary', '`forwardTemperature`', 'number', '"0.1"'],
    () => layers.stochasticBinary({forwardTemperature: '0.1'}),
  ],
  [
    'a forward temperature of NaN',
    ['StochasticBinary', '`forwardTemperature`', 'NaN'],
    () => layers.stochasticBinary({forwardTemperature: Number.NaN}),
  ],
  [
    'a negative forward temperature',
    ['StochasticBinary', '`forwardTemperature`', '>= 0', '-1'],
    () => layers.stochasticBinary({forwardTemperature: -1}),
  ],
  [
    'a backward temperature of 0',
    ['DecoupledCategorical', '`backwardTemperature`', '> 0', '0'],
    () => layers.decoupledCategorical({backwardTemperature: 0}),
  ],
  [
    'null for a temperature',
    ['StochasticBinary', '`backwardTemperature`', 'number', 'null'],
    () => layers.stochasticBinary({backwardTemperature: null}),
  ],
  [
    '`temperature` beside a different one',
    ['StochasticBinary', '`forwardTemperature`', '`temperature`', '0.5', '1'],
    () => layers.stochasticBinary({temperature: 1, forwardTemperature: 0.5}),
  ],
  [
    'two temperatures for an estimator with one',
    ['StochasticBinary', '`backwardTemperature`', "'gumbel'", 'single temperature', '0.7'],
    () => layers.stochasticBinary({estimator: 'gumbel', forwardTemperature: 0.1, backwardTemperature: 0.7}),
  ],
  [
    'a temperature for the identity',
    ['StochasticBinary', '`temperature`', "'identity'", '0.5'],
    () => layers.stochasticBinary({estimator: 'identity', temperature: 0.5}),
  ],
  [
    'ReinMax below its lowest temperature',
    ['StochasticBinary', '`temperature`', '>= 1', "'reinMax'", '0.5'],
    () => layers.stochasticBinary({estimator: 'reinMax', temperature: 0.5}),
  ],
  [
    "difflogic's soft training on categories",
    ['DecoupledCategorical', '`estimator`', '"soft"', "'decoupled'", 'logic gates'],
    () => layers.decoupledCategorical({estimator: 'soft'}),
  ],
  [
    'a misspelt estimator',
    ['StochasticBinary', '`estimator`', '"reinmax"', 'did you mean', "'reinMax'"],
    () => layers.stochasticBinary({estimator: 'reinmax'}),
  ],
  [
    'an estimator with two letters swapped',
    ['LogicGateLayer', '`estimator`', '"decuopled"', 'did you mean', "'decoupled'"],
    () => layers.logicGateLayer({units: 4, estimator: 'decuopled'}),
  ],
  [
    'an estimator nobody knows',
    ['StochasticBinary', '`estimator`', '"rebar"', "'decoupled'", "'gumbel'"],
    () => layers.stochasticBinary({estimator: 'rebar'}),
  ],
  [
    'another estimator after the layer was made',
    ['StochasticBinary', '`estimator`', "'bits'", '"softmax"'],
    () => {
      layers.stochasticBinary({name: 'bits'}).estimator = 'softmax';
    },
  ],
  [
    'an evaluation nobody knows',
    ['StochasticBinary', '`evaluation`', "'mode'", "'sample'", '"mean"'],
    () => layers.stochasticBinary({evaluation: 'mean'}),
  ],
  [
    'a fraction as a seed',
    ['StochasticBinary', '`seed`', 'integer', '0.5'],
    () => layers.stochasticBinary({seed: 0.5}),
  ],
  [
    'a string as a seed',
    ['StochasticBinary', '`seed`', 'integer', '"1"'],
    () => layers.stochasticBinary({seed: '1'}),
  ],
  [
    'values that are not one of the two kinds',
    ['StochasticBinary', '`values`', "'plusMinusOne'", '[-1,1]'],
    () => layers.stochasticBinary({values: [-1, 1]}),
  ],
  [
    'half a category',
    ['DecoupledCategorical', '`categories`', '2.5'],
    () => layers.decoupledCategorical({categories: 2.5}),
  ],
  [
    'categories that do not divide the logits',
    ['DecoupledCategorical', '`categories`', '32', '5'],
    () => layers.decoupledCategorical({categories: 5}).apply(input({shape: [32]})),
  ],
  [
    'groups that do not divide the bits',
    ['GroupSum', '`groups`', '4000', '7'],
    () => layers.groupSum({groups: 7}).apply(input({shape: [4000]})),
  ],
  [
    'a GroupSum at temperature 0',
    ['GroupSum', '`temperature`', '> 0', '0'],
    () => layers.groupSum({groups: 2, temperature: 0}),
  ],
  ['no logic gates', ['LogicGateLayer', '`units`', '>= 1', '0'], () => layers.logicGateLayer({units: 0})],
  [
    'a negative number of gates',
    ['LogicGateLayer', '`units`', '>= 1', '-4'],
    () => layers.logicGateLayer({units: -4}),
  ],
  [
    'a string for a number of gates',
    ['LogicGateLayer', '`units`', '"64"'],
    () => layers.logicGateLayer({units: '64'}),
  ],
  [
    'connections nobody knows',
    ['LogicGateLayer', '`connections`', "'random'", "'unique'", "'balanced'", '"dense"'],
    () => layers.logicGateLayer({units: 4, connections: 'dense'}),
  ],
  [
    'more unique pairs than there are',
    ['LogicGateLayer', '`units`', '6', '4 inputs', '10'],
    () => layers.logicGateLayer({units: 10, connections: 'unique'}).apply(input({shape: [4]})),
  ],
  [
    'more balanced pairs than there are',
    ['LogicGateLayer', '`units`', '6', '4 inputs', 'balanced', '10'],
    () => layers.logicGateLayer({units: 10, connections: 'balanced'}).apply(input({shape: [4]})),
  ],
  [
    'an initializer of dense layers on gates',
    ['LogicGateLayer', '`gateInitializer`', "'residual'", '"glorotUniform"'],
    () => layers.logicGateLayer({units: 4, gateInitializer: 'glorotUniform'}),
  ],
  [
    'a percentage for a probability',
    ['LogicGateLayer', '`residualProbability`', '95'],
    () => layers.logicGateLayer({units: 4, residualProbability: 95}),
  ],
  [
    'a gradient factor of 0',
    ['LogicGateLayer', '`gradientFactor`', '> 0', '0'],
    () => layers.logicGateLayer({units: 4, gradientFactor: 0}),
  ],
  [
    'logic gates on a single input',
    ['LogicGateLayer', '`inputs`', '>= 2', '1'],
    () => layers.logicGateLayer({units: 4}).apply(input({shape: [1]})),
  ],
  [
    'logic gates on pixels of 0 to 255',
    ['LogicGateLayer', '`inputs`', "'pixels'", '0 and 1', '255', 'thermometerEncoding'],
    () => layers.logicGateLayer({units: 4, name: 'pixels'}).apply(tensor([[0, 128, 255]])),
  ],
  [
    'an image that was not flattened into logic gates of several inputs',
    ['LogicGateLayer', '`inputs`', '2'],
    () => layers.logicGateLayer({units: 4}).apply([zeros([1, 4]), zeros([1, 4])]),
  ],
  [
    'logits of NaN',
    ['StochasticBinary', 'NaN'],
    () => layers.stochasticBinary().apply(tensor([[Number.NaN, 1]]), {training: true}),
  ],
  [
    'words for logits',
    ['StochasticBinary', '`inputs`', 'float32', 'string'],
    () => layers.stochasticBinary().apply(tensor([['yes', 'no']])),
  ],
  [
    'falling thresholds',
    ['ThermometerEncoding', '`thresholds`', 'rising', '[0.7,0.3]'],
    () => layers.thermometerEncoding({thresholds: [0.7, 0.3]}),
  ],
  [
    'no thresholds',
    ['ThermometerEncoding', '`thresholds`', '>= 1', '0'],
    () => layers.thermometerEncoding({thresholds: 0}),
  ],
  [
    'thresholds placed by quantiles of nothing',
    ['ThermometerEncoding', '`adapt`', '3'],
    () => layers.thermometerEncoding({thresholds: 3, spacing: 'quantile'}).apply(ones([2, 2])),
  ],
  [
    'a spacing nobody knows',
    ['ThermometerEncoding', '`spacing`', "'quantile'", '"log"'],
    () => layers.thermometerEncoding({thresholds: 3, spacing: 'log'}),
  ],
  [
    'an array in place of a tensor to adapt to',
    ['ThermometerEncoding', '`data`', 'tensor', '[[1,2]]'],
    () => layers.thermometerEncoding({thresholds: 3}).adapt([[1, 2]]),
  ],
  [
    'adapting to nothing',
    ['ThermometerEncoding', '`data`', 'tensor', 'undefined'],
    () => layers.thermometerEncoding({thresholds: 3}).adapt(),
  ],
  [
    'adapting thresholds that were given',
    ['ThermometerEncoding', '`thresholds`', '`adapt`', '[0.5]'],
    () => layers.thermometerEncoding({thresholds: [0.5]}).adapt(ones([2, 2])),
  ],
  [
    'adapting to words',
    ['ThermometerEncoding', '`data`', 'string'],
    () => layers.thermometerEncoding({thresholds: 3}).adapt(tensor(['a', 'b'])),
  ],
  [
    'one level',
    ['StraightThroughRound', '`levels`', '>= 2', '1'],
    () => layers.straightThroughRound({levels: 1}),
  ],
  [
    'an initializer of the codebook that does not exist',
    ['VectorQuantizer', '`codebookInitializer`', '"gaussian"'],
    () => layers.vectorQuantizer({codes: 4, codebookInitializer: 'gaussian'}),
  ],
  [
    'a temperature out of range between epochs',
    ['StochasticBinary', '`forwardTemperature`', '-1'],
    () => {
      layers.stochasticBinary().forwardTemperature = -1;
    },
  ],
  [
    'a misspelt name in setTemperatures',
    ['StochasticBinary', '`forwardTemp`', '`forwardTemperature`'],
    () => layers.stochasticBinary().setTemperatures({forwardTemp: 1}),
  ],
  [
    'training weights before a thermometer',
    ['ThermometerEncoding', 'gradient', 'after'],
    async () => {
      const model = sequential({
        layers: [tfLayers.dense({units: 2, inputShape: [2]}), layers.thermometerEncoding({thresholds: 1})],
      });
      model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
      await model.fit(zeros([2, 2]), zeros([2, 2]));
    },
  ],
  [
    'a function in place of an observer',
    ['StochasticBinary', '`observer`', '`gradient`', 'function'],
    () => layers.stochasticBinary().observe(() => {}),
  ],
  [
    'an observer of nothing',
    ['StochasticBinary', '`observer`', '`sampled`', '{}'],
    () => layers.stochasticBinary().observe({}),
  ],
  ['to ask whether nothing can be watched', ['isObservable', '`layer`', 'undefined'], () => isObservable()],
  ['to ask whether null has temperatures', ['isSchedulable', '`layer`', 'null'], () => isSchedulable(null)],
  [
    'a single vector to quantize',
    ['VectorQuantizer', '`inputs`', '[batch, ..., dim]', '[3]'],
    () => layers.vectorQuantizer({codes: 4}).apply(tensor([1, 2, 3])),
  ],
  [
    'the codes of vectors in an array',
    ['VectorQuantizer.nearestCodes', '`x`', 'tensor', '[[1,2]]'],
    () => {
      const quantizer = layers.vectorQuantizer({codes: 4});
      quantizer.apply(zeros([2, 2]));
      return quantizer.nearestCodes([[1, 2]]);
    },
  ],
  [
    'the codes of vectors of another length',
    ['VectorQuantizer.nearestCodes', '`x`', '[batch, ..., 2]', '[1,3]'],
    () => {
      const quantizer = layers.vectorQuantizer({codes: 4});
      quantizer.apply(zeros([2, 2]));
      return quantizer.nearestCodes(zeros([1, 3]));
    },
  ],
  [
    'the codes of a quantizer that has no codebook yet',
    ['VectorQuantizer.nearestCodes', "'codes'", 'codebook'],
    () => layers.vectorQuantizer({codes: 4, name: 'codes'}).nearestCodes(zeros([1, 2])),
  ],
  [
    'the gates of a layer that has none yet',
    ['LogicGateLayer.gateModes', "'gates'", 'model'],
    () => layers.logicGateLayer({units: 4, name: 'gates'}).gateModes(),
  ],
  ...[
    'groupSum',
    'logicGateLayer',
    'thermometerEncoding',
    'decoupledCategorical',
    'stochasticBinary',
    'straightThroughRound',
  ].map(
    (factory) =>
      [
        `an array in place of a tensor for ${factory}`,
        ['`inputs`', 'tensor'],
        () =>
          layers[factory](
            {groupSum: {groups: 2}, logicGateLayer: {units: 2}, thermometerEncoding: {thresholds: 2}}[
              factory
            ],
          ).apply([[0, 1]]),
      ] as const,
  ),
  [
    'a number for the name of a layer',
    ['StochasticBinary', '`name`', 'string', '5'],
    () => layers.stochasticBinary({name: 5}),
  ],
  [
    'a word for trainable',
    ['LogicGateLayer', '`trainable`', 'true or false', '"no"'],
    () => layers.logicGateLayer({units: 2, trainable: 'no'}),
  ],
  [
    'one category',
    ['DecoupledCategorical', '`categories`', "'only'", '1'],
    () => layers.decoupledCategorical({name: 'only', categories: 1}).apply(zeros([2, 4])),
  ],
  [
    'a single logit as a whole axis of categories',
    ['DecoupledCategorical', '`categories`', 'at least 2'],
    () => layers.decoupledCategorical().apply(input({shape: [1]})),
  ],
);
