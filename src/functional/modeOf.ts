import type {Tensor} from '@tensorflow/tfjs-core';
import {binaryMode, categoryMode, gateMixture} from '../kernels/index.js';
import {decoupled} from './estimators/decoupled.js';
import {ruleFor, type UnitKind} from './estimators/index.js';
import type {ModePass} from './Sampling.js';

/** The mode of units: one-hot categories, bits, or the coefficients of the gates. */
const MODES: Readonly<Record<UnitKind, (logits: Tensor) => Tensor>> = {
  categorical: (logits) => categoryMode({logits}),
  binary: (logits) => binaryMode({logits}),
  gate: (logits) => gateMixture(categoryMode({logits})),
};

/**
 * Evaluation by mode: argmax of the logits forward, J(tb)^T dz backward with tb = `backwardTemperature`.
 *
 * @param owner Class or function to name in errors.
 */
export function modeOf(owner: string, unit: UnitKind, backwardTemperature: number): ModePass {
  const rule = {...ruleFor(decoupled, unit), forward: (logits: Tensor) => ({value: MODES[unit](logits)})};
  return {owner, rule, temperatures: {forward: 0, backward: backwardTemperature}};
}
