/** The package's container. Importing this module installs `registry`, which adds to the built-in parts. */
import 'reflect-metadata';

import {container} from 'tsyringe';
import type {Estimator} from '../functional/index.js';
import {Registry} from './Registry.js';

export type {BackwardContext, Estimator, ForwardResult, Rule, UnitKind} from '../functional/index.js';
export {Registry} from './Registry.js';
export {ESTIMATOR, EVENT_WRITER, KERNEL_SET, type KernelSet, LAYER_CLASS, type LayerClass} from './tokens.js';

/** The registry that layers, functions and callbacks ask, on a child of tsyringe's global container. */
export const registry = new Registry(container.createChildContainer());

registry.install();

/**
 * Adds an estimator to `registry`; see `Registry.registerEstimator`.
 * @example
 * registerEstimator({
 *   id: 'clipped',
 *   temperatures: 'none',
 *   categorical: {
 *     forward: (logits) => ({value: functional.decoupledCategorical(logits, {forwardTemperature: 0, seed: 0})}),
 *     backward: (dy, {logits}) => tf.mul(dy, tf.cast(tf.less(tf.abs(logits), 1), 'float32')),
 *   },
 * });
 * const layer = layers.stochasticBinary({estimator: 'clipped'});
 */
export function registerEstimator(estimator: Estimator): void {
  registry.registerEstimator(estimator);
}
