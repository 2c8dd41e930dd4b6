import {type Optimizer, scalar, tidy, type Variable} from '@tensorflow/tfjs-core';
import type {LayersModel} from '@tensorflow/tfjs-layers';
import {invalid} from '../functional/validate.js';

/** What Adam keeps besides its moments; its declarations hide it. */
interface AdamState {
  readonly beta1: number;
  readonly beta2: number;
  readonly accBeta1: Variable;
  readonly accBeta2: Variable;
}

/**
 * Lets a model that was loaded with its optimizer train on as if it had never been saved, bit for bit.
 *
 * Adam divides by 1 - beta^n. Training multiplies beta^n up step by step in float32, loading computes it as a
 * power: up to a few units in the last place apart. This takes the product again, over `optimizer.iterations`
 * steps. The other optimizers resume exactly by themselves and are left alone.
 *
 * @deprecated This package's own `optimizers` store the number of steps exactly and need no such call; it remains for models
 *   compiled with TensorFlow.js's `adam`.
 * @param model As `loadLayersModel` returns it after `save(..., {includeOptimizer: true})`. It needs no `compile`,
 *   which would put a fresh optimizer in place of the loaded one.
 * @throws If the model has no optimizer.
 * @example
 * let saved!: tf.io.ModelArtifacts;
 * const keep = tf.io.withSaveHandler(async (artifacts) => {
 *   saved = artifacts;
 *   return {modelArtifactsInfo: {dateSaved: new Date(), modelTopologyType: 'JSON'}};
 * });
 * await model.save(keep, {includeOptimizer: true});
 * const loaded = await tf.loadLayersModel(tf.io.fromMemory(saved));
 * resumeExactly(loaded);
 */
export function resumeExactly(model: LayersModel): void {
  if (model?.optimizer === undefined) {
    const requirement = 'a model with an optimizer (compile it, or save it with `includeOptimizer: true`)';
    throw invalid('resumeExactly', 'model', requirement, model?.name ?? model);
  }
  multiplyBetaPowers(model.optimizer);
}

/** Takes the product of Adam's betas step by step, as training does; other optimizers are left alone. */
export function multiplyBetaPowers(optimizer: Optimizer): void {
  if (optimizer.getClassName() !== 'Adam') return;
  const adam = optimizer as unknown as AdamState;
  const steps = optimizer.iterations + 1;
  tidy(() => {
    adam.accBeta1.assign(scalar(repeatedProduct(adam.beta1, steps)));
    adam.accBeta2.assign(scalar(repeatedProduct(adam.beta2, steps)));
  });
}

/**
 * factor^times, rounded to float32 after each product.
 *
 * Ends where the product no longer changes: after 1,000 steps of 0.9 or 100,000 of 0.999, so that the number of steps
 * that a file claims sets no limit to the time.
 */
function repeatedProduct(factor: number, times: number): number {
  const single = Math.fround(Math.abs(factor));
  let product = single;
  for (let i = 1; i < times; i++) {
    const next = Math.fround(product * single);
    if (Object.is(next, product)) break;
    product = next;
  }
  return factor < 0 && times % 2 === 1 ? -product : product;
}
