import {add, argMax, type Tensor} from '@tensorflow/tfjs-core';
import {defineOp} from '../Op.js';
import {oneHotRows} from './oneHotRows.js';
import {nanWhereUndefined} from './rowsWithoutDistribution.js';

/**
 * One-hot of the largest logit, the first of equals. A row without a distribution comes out as NaN.
 *
 * Inputs: `logits`, `[...batch, categories]`. Output: shaped like `logits`.
 */
export const categoryMode = defineOp({
  kernelName: 'DiscreteCategoryMode',
  shape: ({logits}) => logits.shape,
  composed: ({logits}: {logits: Tensor}) =>
    add(oneHotRows(argMax(logits, -1), logits.shape.at(-1)!), nanWhereUndefined(logits)) as Tensor,
});
