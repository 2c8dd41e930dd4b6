import type {Tensor} from '@tensorflow/tfjs-core';
import {defineOp} from '../Op.js';
import {gateMixtureGradient} from './gateMixture.js';
import {softmaxJacobianProduct} from './softmaxJacobianProduct.js';

/**
 * J(t)^T dz of every unit's logits, dz being dL/d(weight of each of the sixteen gates), which follows from dL/dcoefficients.
 *
 * Inputs: `sums`, dL/dcoefficients, `[units, 4]`, and `logits`, `[units, 16]`. Attributes: `temperature`, t.
 * Output: dL/dlogits, `[units, 16]`.
 */
export const gateLogitsGradient = defineOp({
  kernelName: 'DiscreteGateLogitsGradient',
  shape: ({logits}) => logits.shape,
  composed: ({sums, logits}: {sums: Tensor; logits: Tensor}, {temperature}: {temperature: number}) =>
    softmaxJacobianProduct.composed({dy: gateMixtureGradient(sums), logits}, {temperature}),
});
