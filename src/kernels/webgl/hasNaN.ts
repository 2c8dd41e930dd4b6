import {util} from '@tensorflow/tfjs-core';
import {hasNaN} from '../ops/hasNaN.js';
import {BITS} from './bits.js';
import {int, runProgram} from './runProgram.js';
import type {WebGlBackend} from './WebGlBackend.js';

/** One fragment looks at everything: it serves in debug mode alone. */
export const hasNaNOnWebGl = hasNaN.kernelOn<WebGlBackend>('webgl', ({x}, _, backend) =>
  runProgram(backend, {
    inputs: {x},
    uniforms: {size: int(util.sizeFromShape(x.shape))},
    shape: [],
    declarations: BITS,
    main: `
      for (int i = 0; i < size; i++) { if (isNaNByBits(getX(i))) { return 1.0; } }
      return 0.0;`,
  }),
);
