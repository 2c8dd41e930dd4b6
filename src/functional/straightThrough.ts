import {customGrad, type Tensor, tidy} from '@tensorflow/tfjs-core';
import {realAsFloat32} from './asFloat32.js';
import {containsNaN} from './assertNoNaN.js';
import {explainNaN} from './explainNaN.js';
import type {Pass} from './Sampling.js';

/**
 * Runs the forward pass on the logits, and the backward pass in place of its derivative.
 *
 * @returns Shaped like the logits.
 * @throws If the logits are complex numbers or strings; in development also if a value is NaN, as where a logit is NaN and where a row of categories holds
 *   +Infinity or only -Infinity.
 */
export function straightThrough(logits: Tensor, pass: Pass): Tensor {
  const {owner, rule, temperatures, onGradient} = pass;
  const run = customGrad((x, save) => {
    const input = x as Tensor;
    const {value, residuals = []} =
      pass.key === undefined ? pass.rule.forward(input) : pass.rule.forward(input, temperatures, pass.key);
    if (containsNaN(value)) throw explainNaN(owner, input);
    (save as (tensors: Tensor[]) => void)([input, ...residuals]);
    return {
      value,
      gradFunc: (dy, saved) => {
        const [clean, ...kept] = saved as [Tensor, ...Tensor[]];
        const dlogits = rule.backward(dy, {logits: clean, residuals: kept, temperatures});
        onGradient?.(dlogits);
        return dlogits;
      },
    };
  });
  return tidy(() => run(realAsFloat32(owner, 'logits', logits)));
}
