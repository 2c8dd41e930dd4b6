import type {Tensor} from '@tensorflow/tfjs-core';
import {checkReal} from '../functional/asFloat32.js';
import {invalid} from '../functional/validate.js';

/**
 * The loss of one sample as a function of its discrete code: codes `[n, groups, categories]` to losses `[n]`, one for
 * each code by itself. Made of differentiable ops, such as a decoder and a reconstruction error.
 */
export type CodeLoss = (codes: Tensor) => Tensor;

/** Logits of one sample, `[groups, categories]`. */
export function checkLogits(owner: string, logits: Tensor): [groups: number, categories: number] {
  checkReal(owner, 'logits', logits);
  if (logits.rank !== 2) throw invalid(owner, 'logits', 'of shape [groups, categories]', logits.shape);
  return logits.shape as [number, number];
}

/** @throws unless `loss` is a function. */
export function checkLoss(owner: string, loss: unknown): void {
  if (typeof loss !== 'function') throw invalid(owner, 'loss', 'a function of codes', loss);
}
