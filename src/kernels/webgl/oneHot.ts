import type {TensorInfo} from '@tensorflow/tfjs-core';
import {BITS} from './bits.js';
import {int, runProgram} from './runProgram.js';
import type {WebGlBackend} from './WebGlBackend.js';

/** One-hot rows of `shape` from the category of each row, `[rows]`, which is disposed; a row of NaN where that is NaN. */
export function oneHot(backend: WebGlBackend, category: TensorInfo, shape: number[]): TensorInfo {
  const output = runProgram(backend, {
    inputs: {category},
    uniforms: {categories: int(shape.at(-1) ?? 1)},
    shape,
    declarations: BITS,
    main: `
      int row = index / categories;
      float chosen = getCategory(row);
      if (isNaNByBits(chosen)) { return NAN; }
      return index - row * categories == int(chosen) ? 1.0 : 0.0;`,
  });
  backend.disposeData(category.dataId);
  return output;
}
