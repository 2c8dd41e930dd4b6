import {util} from '@tensorflow/tfjs-core';
import {categoryMode} from '../ops/categoryMode.js';
import {BITS} from './bits.js';
import {LARGEST} from './largest.js';
import {oneHot} from './oneHot.js';
import {int, runProgram} from './runProgram.js';
import type {WebGlBackend} from './WebGlBackend.js';

/** Two programs: the category of each row, then its one-hot. */
export const categoryModeOnWebGl = categoryMode.kernelOn<WebGlBackend>('webgl', ({logits}, _, backend) => {
  const categories = logits.shape.at(-1) ?? 1;
  const category = runProgram(backend, {
    inputs: {logits},
    uniforms: {categories: int(categories)},
    shape: [util.sizeFromShape(logits.shape) / Math.max(categories, 1)],
    declarations: BITS + LARGEST,
    main: `
      int begin = index * categories;
      Largest largest = largestOf(begin, begin + categories);
      return largest.isUndefined ? NAN : float(largest.index - begin);`,
  });
  return oneHot(backend, category, logits.shape);
});
