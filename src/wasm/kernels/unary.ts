import {Exp, Log, Log1p, Sqrt, type TensorInfo, util} from '@tensorflow/tfjs-core';
import {offsetOf} from '../heap.js';
import {type Routines, routinesOf} from '../routines.js';
import {faster} from '../trainingKernel.js';

/** Functions of one `float32`, four at a time where the backend takes them one by one. */
function unary(kernelName: string, routine: 'squareRoots' | 'exps' | 'logs' | 'log1ps') {
  return faster<{x: TensorInfo}, object>(kernelName, ({backend, inputs: {x}}) => {
    const routines: Routines | undefined = routinesOf(backend).exports;
    if (routines === undefined || x.dtype !== 'float32') return undefined;
    const out = backend.makeOutput(x.shape, x.dtype);
    routines[routine](offsetOf(backend, x), util.sizeFromShape(x.shape), offsetOf(backend, out));
    return out;
  });
}

/** Optimizers take one for every weight. */
export const sqrt = unary(Sqrt, 'squareRoots');
/** Cross-entropies take these three for every output. */
export const exp = unary(Exp, 'exps');
/** @see exp */
export const log = unary(Log, 'logs');
/** @see exp */
export const log1p = unary(Log1p, 'log1ps');
