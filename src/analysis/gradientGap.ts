import {
  add,
  div,
  expandDims,
  grad,
  softmax,
  square,
  sub,
  sum,
  type Tensor,
  tidy,
  tile,
} from '@tensorflow/tfjs-core';
import {resolveEstimator} from '../functional/estimators/index.js';
import {gumbelNoise, toRandomKey} from '../functional/random.js';
import {ruleFor} from '../functional/straightThrough.js';
import {resolveTemperatures, type TemperatureArgs} from '../functional/temperatures.js';
import {oneOf, positive, wholeNumber} from '../functional/validate.js';
import {type CodeLoss, checkLogits} from './CodeLoss.js';

/** Arguments of `gradientGap`. */
export interface GradientGapArgs extends TemperatureArgs {
  /** Default `decoupled`, whose relaxed code is softmax(l / tf); `decoupledGumbel` relaxes l / tf + g. */
  estimator?: 'decoupled' | 'decoupledGumbel';
  /** Draws to average over. Default 1,024. */
  passes?: number;
  seed: number;
}

/**
 * How far the gradient at the relaxed code lies from that at the drawn code: the mean over draws of
 * |J(tb)^T (df/dz at the relaxed code - df/dz at the drawn code)|^2.
 *
 * @param logits Of one sample, `[groups, categories]`.
 * @throws when an argument is out of range; the forward temperature has to be > 0.
 * @see "Improving Discrete Optimisation Via Decoupled Straight-Through Gumbel-Softmax", appendix D and figure 5; Huh et
 *   al., "Straightening out the Straight-Through Estimator", ICML 2023.
 */
export async function gradientGap(
  loss: CodeLoss,
  logits: Tensor,
  {estimator = 'decoupled', passes = 1024, seed, ...args}: GradientGapArgs,
): Promise<number> {
  const owner = 'gradientGap';
  checkLogits(owner, logits);
  wholeNumber(owner, 'passes', passes, 1);
  oneOf(owner, 'estimator', estimator, ['decoupled', 'decoupledGumbel']);
  const rules = resolveEstimator(owner, estimator, 'categorical');
  const temperatures = resolveTemperatures(owner, rules, args);
  positive(owner, 'forwardTemperature', temperatures.forward);
  const gap = tidy(() => {
    const copies = tile(expandDims(logits, 0), [passes, 1, 1]);
    const key = toRandomKey(owner, seed);
    const rule = ruleFor(rules, 'categorical');
    const {value, residuals = []} = rule.forward(copies, temperatures, key);
    const scaled = div(copies, temperatures.forward);
    const relaxed = softmax(estimator === 'decoupled' ? scaled : add(scaled, gumbelNoise(copies.shape, key)));
    const slope = grad((code: Tensor) => sum(loss(code)));
    const difference = sub(slope(relaxed), slope(value));
    const dlogits = rule.backward(difference, {logits: copies, residuals, temperatures});
    return div(sum(square(dlogits)), passes);
  });
  const [mean] = await gap.data();
  gap.dispose();
  return mean!;
}
