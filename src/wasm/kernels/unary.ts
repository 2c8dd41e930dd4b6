import {Exp, Log, Log1p, Sqrt, type TensorInfo, util} from '@tensorflow/tfjs-core';
import {elementsOf, isNumeric} from '../cast.js';
import {offsetOf} from '../heap.js';
import {routinesOf} from '../routines.js';
import {faster} from '../trainingKernel.js';

interface Unary {
  readonly routine: 'squareRoots' | 'exps' | 'logs' | 'log1ps';
  /** The same function of one number, for other dtypes. */
  readonly compute: (x: number) => number;
  /** Dtype of the result if it is not that of the input. */
  readonly dtype?: 'float32';
}

/**
 * Functions of one number, four at a time for `float32`, which the backend computes one by one. The backend reads other
 * dtypes as if they were `float32`; here they are computed as on the cpu backend, which truncates results to the dtype.
 */
function unary(kernelName: string, {routine, compute, dtype}: Unary) {
  return faster<{x: TensorInfo}, object>(kernelName, ({backend, inputs: {x}}) => {
    const routines = routinesOf(backend).exports;
    if (routines === undefined || !isNumeric(x)) return undefined;
    const out = backend.makeOutput(x.shape, dtype ?? x.dtype);
    if (x.dtype === 'float32') {
      routines[routine](offsetOf(backend, x), util.sizeFromShape(x.shape), offsetOf(backend, out));
    } else {
      const from = elementsOf(backend, x);
      const to = elementsOf(backend, out);
      for (let i = 0; i < to.length; i++) to[i] = compute(from[i]!);
    }
    return out;
  });
}

/** Used by optimizers for every weight. */
export const sqrt = unary(Sqrt, {routine: 'squareRoots', compute: Math.sqrt});
/** Used by cross-entropies for every output, as are the next two. */
export const exp = unary(Exp, {routine: 'exps', compute: Math.exp, dtype: 'float32'});
/** @see exp */
export const log = unary(Log, {routine: 'logs', compute: Math.log});
/** @see exp */
export const log1p = unary(Log1p, {routine: 'log1ps', compute: Math.log1p});
