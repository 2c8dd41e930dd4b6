import type {serialization} from '@tensorflow/tfjs-core';
import {checkOptions} from '../functional/checkOptions.js';
import {invalid, trueOrFalse} from '../functional/validate.js';

/** Options that every layer of TensorFlow.js takes. */
const BASE_OPTIONS = [
  'name',
  'inputShape',
  'batchInputShape',
  'batchSize',
  'dtype',
  'inputDType',
  'trainable',
  'weights',
] as const;

let loading = false;

/**
 * Rejects options that a layer does not have; but what a saved config holds besides is ignored, so that models of
 * other releases load.
 *
 * @param layerClass The class that is being made, which the error names.
 * @param options Names of the options that the class has besides those of every layer.
 * @returns `args`.
 * @throws If `args` is not an object, has an unknown option (the nearest name is suggested), or a `name` or `trainable` of another type.
 */
export function checkedLayerArgs<Args extends object>(
  layerClass: object,
  args: Args,
  options: readonly string[],
): Args {
  const {className, name} = layerClass as {className?: string; name: string};
  if (loading) return args;
  const owner = className ?? name;
  checkOptions(owner, args, [...options, ...BASE_OPTIONS]);
  const {name: given, trainable} = (args ?? {}) as {name?: unknown; trainable?: unknown};
  if (given != null && (typeof given !== 'string' || given === '')) {
    throw invalid(owner, 'name', 'a string that is not empty', given);
  }
  if (trainable != null) trueOrFalse(owner, 'trainable', trainable);
  return args;
}

/** Makes a layer from a saved config, in which unknown keys are allowed. */
export function fromSavedConfig<T extends serialization.Serializable>(
  cls: serialization.SerializableConstructor<T>,
  config: serialization.ConfigDict,
): T {
  const outer = loading;
  loading = true;
  try {
    return new cls(config);
  } finally {
    loading = outer;
  }
}
