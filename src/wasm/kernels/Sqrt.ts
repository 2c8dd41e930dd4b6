import {Sqrt, type TensorInfo, util} from '@tensorflow/tfjs-core';
import {offsetOf} from '../heap.js';
import {routinesOf} from '../routines.js';
import {faster} from '../trainingKernel.js';

/** Square roots, four at a time; optimizers take one for every weight. */
export const sqrt = faster<{x: TensorInfo}, object>(Sqrt, ({backend, inputs: {x}}) => {
  const routines = routinesOf(backend).exports;
  if (routines === undefined || x.dtype !== 'float32') return undefined;
  const out = backend.makeOutput(x.shape, x.dtype);
  routines.squareRoots(offsetOf(backend, x), util.sizeFromShape(x.shape), offsetOf(backend, out));
  return out;
});
