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

/** Adds an estimator to `registry`; see `Registry.registerEstimator`. */
export function registerEstimator(estimator: Estimator): void {
  registry.registerEstimator(estimator);
}
