/**
 * Discrete layers for TensorFlow.js. Importing this module registers layers and optimizers with
 * `tf.serialization`, so that saved models load, and its kernel implementations.
 */
import {serialization} from '@tensorflow/tfjs-core';
import {registerKernels} from './kernels/register.js';
import {LAYER_CLASSES} from './layers/index.js';
import {OPTIMIZER_CLASSES} from './optimizers/index.js';

/** Callbacks for `model.fit`: monitors, schedules, logging. */
export * as callbacks from './callbacks/factories.js';
export * from './callbacks/index.js';
/** The mathematics as plain functions of tensors. */
export * as functional from './functional/index.js';
export {setSeed} from './functional/setSeed.js';
/** Factories of the layers, as in `tf.layers`. */
export * as layers from './layers/factories.js';
export * from './layers/index.js';
export type {BackendChoice, BackendName, BackendOptions, WasmPaths} from './node/backendOptions.js';
/** Optimizers for `model.compile`. */
export * as optimizers from './optimizers/factories.js';
export * from './optimizers/index.js';
export {
  type DiscreteSummary,
  discreteSummary,
  type LayerSummary,
  type SummaryCounts,
} from './summary/discreteSummary.js';
export {useBackend} from './useBackend.js';

for (const layerClass of LAYER_CLASSES) serialization.registerClass(layerClass);
for (const optimizerClass of OPTIMIZER_CLASSES) serialization.registerClass(optimizerClass);
registerKernels();
