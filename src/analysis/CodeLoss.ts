import {Tensor} from '@tensorflow/tfjs-core';
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

/** The losses of some codes. @throws unless `loss` returns one number per code, in a tensor. */
export function lossesOf(owner: string, loss: CodeLoss, codes: Tensor): Tensor {
  const losses = loss(codes);
  const [count] = codes.shape;
  if (losses instanceof Tensor && losses.rank === 1 && losses.shape[0] === count) return losses;
  const got = losses instanceof Tensor ? losses.shape : losses;
  throw invalid(owner, 'loss', `a function that returns a tensor [${count}], one loss per code`, got);
}

/** @throws unless `loss` is a function. */
export function checkLoss(owner: string, loss: unknown): void {
  if (typeof loss !== 'function') throw invalid(owner, 'loss', 'a function of codes', loss);
}
