import {dispose, getBackend, type Tensor} from '@tensorflow/tfjs-core';
import type {LayersModel, layers} from '@tensorflow/tfjs-layers';
import {checkOptions} from '../../functional/checkOptions.js';
import {invalid} from '../../functional/validate.js';
import type {CircuitParts} from '../Circuit.js';
import {CircuitBuilder, type CircuitNames} from './CircuitBuilder.js';

type Layer = layers.Layer;
type Values = ArrayLike<number>;

/** Arguments of `Circuit.fromModel`. */
export interface FromModelArgs extends CircuitNames {
  /**
   * For a model without ThermometerEncoding: an input counts as 1 where it is greater. Default 0.5, for inputs of 0
   * and 1.
   */
  readonly threshold?: number;
  /**
   * Name of the layer to end with, where others follow that a circuit cannot hold, such as a softmax. Default: the
   * last layer.
   */
  readonly lastLayer?: string;
}

/** Adds a layer of one class to a circuit. */
interface LayerConverter {
  /** @throws when the layer's arguments cannot be converted. */
  check?(layer: Layer): void;
  /** The tensors whose values `apply` is given; those that are made for this are disposed of. */
  weights?(layer: Layer): {readonly tensors: readonly Tensor[]; readonly made?: Tensor[]};
  apply(builder: CircuitBuilder, layer: Layer, values: readonly Values[], threshold: number): void;
}

const OWNER = 'Circuit.fromModel';

const addsNothing: LayerConverter = {apply: () => {}};

const reshapes: LayerConverter = {
  apply: (builder, layer) => builder.reshape((layer.outputShape as number[]).at(-1)!),
};

/** By class name, as saved models have it. */
const CONVERTERS: Readonly<Record<string, LayerConverter>> = {
  InputLayer: addsNothing,
  Dropout: addsNothing,
  Flatten: reshapes,
  Reshape: reshapes,
  ThermometerEncoding: {
    check(layer) {
      const {thresholds, spacing, adapted} = layer.getConfig();
      if (spacing !== 'quantile' || adapted === true || Array.isArray(thresholds)) return;
      throw invalid(
        OWNER,
        `model.layers '${layer.name}'`,
        'adapted to data before use with quantiles',
        thresholds,
      );
    },
    weights: (layer) => ({tensors: [weight(layer, 'thresholds')]}),
    apply(builder, layer, [thresholds]) {
      if (builder.contents !== 'features') {
        throw invalid(
          OWNER,
          `model.layers '${layer.name}'`,
          'the first layer that makes bits',
          layer.getClassName(),
        );
      }
      const shape = weight(layer, 'thresholds').shape;
      builder.binarize(thresholds!, shape.at(-1)!);
    },
  },
  LogicGateLayer: {
    weights(layer) {
      const modes = (layer as Layer & {gateModes(): Tensor}).gateModes();
      return {tensors: [modes, weight(layer, 'connections')], made: [modes]};
    },
    apply(builder, _, [ids, connections], threshold) {
      if (builder.contents === 'features') builder.binarize([threshold], 1);
      builder.addGates(ids!, connections!);
    },
  },
  GroupSum: {
    apply(builder, layer, _, threshold) {
      if (builder.contents === 'features') builder.binarize([threshold], 1);
      const {groups, temperature} = layer.getConfig();
      builder.groupSum(groups as number, temperature as number);
    },
  },
};

/** @see Circuit.fromModel */
export function circuitFromModel(model: LayersModel, args: FromModelArgs = {}): CircuitParts {
  if (getBackend() === 'webgpu') {
    throw invalid(
      OWNER,
      'backend',
      'one that reads weights synchronously; use `await Circuit.fromModelAsync(model)`',
      'webgpu',
    );
  }
  const used = convertible(model, args);
  const weights = used.map(({layer, converter}) => converter.weights?.(layer));
  try {
    const values = weights.map((read) => read?.tensors.map((tensor) => tensor.dataSync() as Values) ?? []);
    return assemble(model, args, used, values);
  } finally {
    for (const read of weights) dispose(read?.made ?? []);
  }
}

/** @see Circuit.fromModelAsync */
export async function circuitFromModelAsync(
  model: LayersModel,
  args: FromModelArgs = {},
): Promise<CircuitParts> {
  const used = convertible(model, args);
  const weights = used.map(({layer, converter}) => converter.weights?.(layer));
  try {
    const values = await Promise.all(
      weights.map((read) =>
        Promise.all((read?.tensors ?? []).map((tensor) => tensor.data() as Promise<Values>)),
      ),
    );
    return assemble(model, args, used, values);
  } finally {
    for (const read of weights) dispose(read?.made ?? []);
  }
}

interface Used {
  readonly layer: Layer;
  readonly converter: LayerConverter;
}

/** The model's layers that become a circuit. @throws naming the first that cannot, before anything is read. */
function convertible(model: LayersModel, args: FromModelArgs): readonly Used[] {
  checkOptions(OWNER, args, ['threshold', 'lastLayer', 'featureNames', 'scoreNames']);
  const {lastLayer, threshold} = args;
  const kind = model?.getClassName?.();
  if (kind !== 'Sequential') throw invalid(OWNER, 'model', 'a tf.sequential', kind ?? model);
  if (!(model.outputs?.length > 0)) {
    throw invalid(OWNER, 'model', 'built, as by an inputShape of its first layer', model.name);
  }
  const inRange = typeof threshold === 'number' && Number.isFinite(Math.fround(threshold));
  if (threshold !== undefined && !inRange) {
    throw invalid(OWNER, 'threshold', 'a finite number in the range of float32', threshold);
  }
  const names = model.layers.map(({name}) => name);
  const end = lastLayer === undefined ? names.length : names.indexOf(lastLayer) + 1;
  if (end === 0) {
    throw invalid(OWNER, 'lastLayer', `one of ${names.map((name) => `'${name}'`).join(', ')}`, lastLayer);
  }
  let summed: string | undefined;
  return model.layers.slice(0, end).map((layer, i) => {
    const className = layer.getClassName();
    const converter = Object.hasOwn(CONVERTERS, className) ? CONVERTERS[className]! : undefined;
    const field = `model.layers[${i}] ('${layer.name}')`;
    const known = Object.keys(CONVERTERS).join(', ');
    if (converter === undefined) {
      const hint = i > 0 ? `, or left out by \`lastLayer: '${names[i - 1]}'\`` : '';
      throw invalid(OWNER, field, `one of ${known}${hint}`, className);
    }
    if (summed !== undefined && converter !== addsNothing && converter !== reshapes) {
      throw invalid(OWNER, field, `Dropout, Flatten or Reshape after GroupSum '${summed}'`, className);
    }
    if (className === 'GroupSum') summed = layer.name;
    converter.check?.(layer);
    return {layer, converter};
  });
}

function weight(layer: Layer, name: string): Tensor {
  return layer.weights.find(({originalName}) => originalName.split('/').at(-1) === name)!.read();
}

function assemble(
  model: LayersModel,
  {threshold = 0.5, ...names}: FromModelArgs,
  used: readonly Used[],
  values: readonly (readonly Values[])[],
): CircuitParts {
  const shape = model.inputs[0]!.shape.slice(1);
  if (shape.some((length) => length == null)) {
    throw invalid(OWNER, 'inputShape', 'known but for the batch', model.inputs[0]!.shape);
  }
  const builder = new CircuitBuilder(OWNER, shape as number[]);
  used.forEach(({layer, converter}, i) => {
    converter.apply(builder, layer, values[i]!, threshold);
  });
  if (builder.contents === 'features') builder.binarize([threshold], 1);
  return builder.finish(names);
}
