import type {Tensor} from '@tensorflow/tfjs-core';
import {defineOp} from '../Op.js';
import type {RandomKey} from '../pcg4d.js';
import {gateMixture} from './gateMixture.js';
import {sampleCategory} from './sampleCategory.js';

/**
 * Samples one gate per unit, the same as `sampleCategory` does.
 *
 * Inputs: `logits`, `[units, 16]`. Attributes: `temperature`, finite and > 0, and the key.
 * Output: the gate's c0 to c3 of c0 + c1 a + c2 b + c3 ab, `[units, 4]`; NaN where a row has no distribution.
 */
export const sampleGates = defineOp({
  kernelName: 'DiscreteSampleGates',
  shape: ({logits}) => [logits.shape[0]!, 4],
  composed: ({logits}: {logits: Tensor}, attributes: {temperature: number} & RandomKey) =>
    gateMixture(sampleCategory.composed({logits}, attributes)),
});
