import {initializers, layers as keras, type LayersModel, sequential} from '@tensorflow/tfjs-layers';
import {knownEstimators, type UnitKind} from '../../src/functional/index.js';
import {
  DecoupledCategorical,
  GroupSum,
  type LAYER_CLASSES,
  LogicGateLayer,
  StochasticBinary,
  StraightThroughRound,
  ThermometerEncoding,
  VectorQuantizer,
} from '../../src/layers/index.js';

export type Layer = keras.Layer;
export type Args = Record<string, unknown>;

/** A layer class with arguments: what the contract runs over. */
export interface Subject {
  readonly title: string;
  readonly layerClass: (typeof LAYER_CLASSES)[number];
  /** A new layer, its arguments overridden by `more`. */
  readonly make: (more?: Args) => Layer;
  /** The arguments that the class cannot do without. */
  readonly required: Args;
  /** Shapes of a sample, going in and coming out, over the ranks that make sense. */
  readonly shapes: readonly (readonly [number[], number[]])[];
  /** Whether training uses random numbers. */
  readonly random: boolean;
  /** Whether a gradient passes to the layers before. */
  readonly differentiable: boolean;
  /** Whether the layer has an estimator, temperatures and a seed. */
  readonly discrete: boolean;
}

const PREDICTABLE = ['identity', 'soft'];

/** Ids of the built-in estimators that serve a kind of unit. */
export function estimatorIds(unit: UnitKind): string[] {
  return knownEstimators()
    .filter(({units}) => units === undefined || units.includes(unit))
    .map(({id}) => id);
}

/** Temperatures that `estimator` takes; unequal ones where it takes two. */
export function temperaturesFor(estimator: string): Args {
  if (estimator === 'identity') return {};
  return estimator.startsWith('decoupled')
    ? {forwardTemperature: 0.7, backwardTemperature: 1.6}
    : {temperature: 1.3};
}

const REQUIRED = new Map<Subject['layerClass'], Args>([
  [LogicGateLayer, {units: 2}],
  [VectorQuantizer, {codes: 2}],
  [GroupSum, {groups: 2}],
  [ThermometerEncoding, {thresholds: 2}],
]);

function discrete(
  layerClass: Subject['layerClass'],
  unit: UnitKind,
  args: Args,
  shapes: Subject['shapes'],
): Subject[] {
  return estimatorIds(unit).map((estimator) => ({
    title: `${layerClass.className} with ${estimator}`,
    layerClass,
    make: (more = {}) =>
      new layerClass({seed: 11, estimator, ...temperaturesFor(estimator), ...args, ...more} as never),
    required: REQUIRED.get(layerClass) ?? {},
    shapes,
    random: !PREDICTABLE.includes(estimator),
    differentiable: true,
    discrete: true,
  }));
}

function plain(
  layerClass: Subject['layerClass'],
  args: Args,
  shapes: Subject['shapes'],
  differentiable = true,
): Subject {
  return {
    title: `${layerClass.className} ${JSON.stringify(args)}`,
    layerClass,
    make: (more = {}) => new layerClass({...args, ...more} as never),
    required: REQUIRED.get(layerClass) ?? {},
    shapes,
    random: false,
    differentiable,
    discrete: false,
  };
}

const same = (...shapes: number[][]) => shapes.map((shape) => [shape, shape] as const);

/** Every layer, each with every estimator that fits. */
export const SUBJECTS: readonly Subject[] = [
  ...discrete(DecoupledCategorical, 'categorical', {categories: 3}, same([6], [2, 6], [2, 1, 6])),
  ...discrete(StochasticBinary, 'binary', {}, same([6], [2, 6], [2, 1, 6])),
  ...discrete(LogicGateLayer, 'gate', {units: 16, gateInitializer: 'randomNormal'}, [
    [[6], [16]],
    [
      [2, 6],
      [2, 16],
    ],
    [
      [2, 1, 6],
      [2, 1, 16],
    ],
  ]),
  ...discrete(VectorQuantizer, 'categorical', {codes: 5}, same([6], [2, 6], [2, 1, 6])),
  plain(GroupSum, {groups: 2, temperature: 3}, [
    [[6], [2]],
    [
      [2, 6],
      [2, 2],
    ],
    [
      [2, 1, 6],
      [2, 1, 2],
    ],
  ]),
  plain(
    ThermometerEncoding,
    {thresholds: [-0.5, 0, 0.5]},
    [
      [[6], [18]],
      [
        [2, 6],
        [2, 18],
      ],
      [
        [2, 1, 6],
        [2, 1, 18],
      ],
    ],
    false,
  ),
  plain(StraightThroughRound, {}, same([6], [2, 6], [2, 1, 6])),
  plain(StraightThroughRound, {levels: 5}, same([6], [2, 6], [2, 1, 6])),
];

/**
 * A small model around the subject: dense, the subject's layer, dense. Logic gates get inputs in (0, 1). What
 * has no gradient stands first.
 */
export function modelAround({differentiable, layerClass, shapes}: Subject, layer: Layer): LayersModel {
  const inputShape = shapes[0]![0];
  if (!differentiable)
    return sequential({layers: [prepended(layer, inputShape), dense({units: 2, seed: 2})]});
  const activation = layerClass === LogicGateLayer ? 'sigmoid' : 'linear';
  return sequential({
    layers: [
      dense({units: inputShape.at(-1)!, inputShape, activation, seed: 1}),
      layer,
      dense({units: 2, seed: 2}),
    ],
  });
}

/** Gives a layer the input shape that its constructor was not given. */
function prepended(layer: Layer, inputShape: number[]): Layer {
  layer.batchInputShape = [null, ...inputShape];
  layer.dtype = 'float32';
  return layer;
}

/** A dense layer with weights that follow from a seed. */
export function dense({seed, ...args}: {units: number; seed: number} & Args): Layer {
  return keras.dense({...args, kernelInitializer: initializers.glorotUniform({seed})} as never);
}
