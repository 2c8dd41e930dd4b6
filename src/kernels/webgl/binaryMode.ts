import {binaryMode} from '../ops/binaryMode.js';
import {BITS} from './bits.js';
import {runProgram} from './runProgram.js';
import type {WebGlBackend} from './WebGlBackend.js';

export const binaryModeOnWebGl = binaryMode.kernelOn<WebGlBackend>('webgl', ({logits}, _, backend) =>
  runProgram(backend, {
    inputs: {logits},
    shape: logits.shape,
    declarations: BITS,
    main: `
      float x = getLogits(index);
      return isNaNByBits(x) ? NAN : x > 0.0 ? 1.0 : 0.0;`,
  }),
);
