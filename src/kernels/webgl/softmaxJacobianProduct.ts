import {util} from '@tensorflow/tfjs-core';
import {softmaxJacobianProduct} from '../ops/softmaxJacobianProduct.js';
import {EXP} from './exp.js';
import {LARGEST} from './largest.js';
import {float, int, runProgram} from './runProgram.js';
import type {WebGlBackend} from './WebGlBackend.js';

/**
 * Two programs, by the formula of `softmaxProducts` on cpu: each row's mode, sum of weights and mean of dy, `[rows, 3]`, then every
 * element.
 */
export const softmaxJacobianProductOnWebGl = softmaxJacobianProduct.kernelOn<WebGlBackend>(
  'webgl',
  ({dy, logits}, {temperature}, backend) => {
    const categories = logits.shape.at(-1) ?? 1;
    const uniforms = {temperature: float(temperature), categories: int(categories)};
    const rows = runProgram(backend, {
      inputs: {dy, logits},
      uniforms,
      shape: [util.sizeFromShape(logits.shape) / Math.max(categories, 1), 3],
      declarations: EXP + LARGEST,
      main: `
        int begin = index / 3 * categories;
        Largest largest = largestOf(begin, begin + categories);
        if (largest.isUndefined) { return NAN; }
        if (index % 3 == 0) { return float(largest.index - begin); }
        float reference = getDy(largest.index);
        float total = 0.0;
        float products = 0.0;
        for (int i = begin; i < begin + categories; i++) {
          float weight = expOf((getLogits(i) - largest.value) / temperature);
          total += weight;
          products += weight * (getDy(i) - reference);
        }
        return index % 3 == 1 ? total : products / total;`,
    });
    const output = runProgram(backend, {
      inputs: {dy, logits, rows},
      uniforms,
      shape: logits.shape,
      declarations: EXP,
      main: `
        int row = index / categories;
        float total = getRows(3 * row + 1);
        if (isNaNByBits(total)) { return NAN; }
        int mode = row * categories + int(getRows(3 * row));
        float weight = expOf((getLogits(index) - getLogits(mode)) / temperature);
        return weight / total * (getDy(index) - getDy(mode) - getRows(3 * row + 2)) / temperature;`,
    });
    backend.disposeData(rows.dataId);
    return output;
  },
);
