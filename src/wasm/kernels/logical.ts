import {
  broadcast_util,
  GreaterEqual,
  LessEqual,
  LogicalAnd,
  Select,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import {offsetOf, type WasmBackend} from '../heap.js';
import {routinesOf} from '../routines.js';
import {faster} from '../trainingKernel.js';

interface Pair {
  readonly a: TensorInfo;
  readonly b: TensorInfo;
}

const size = ({shape}: TensorInfo) => util.sizeFromShape(shape);

/** `x >= y` for `float32` of one size, or where either is a single number. */
function greaterOrEqual(backend: WasmBackend, x: TensorInfo, y: TensorInfo): TensorInfo | undefined {
  const routines = routinesOf(backend).exports;
  if (routines === undefined || x.dtype !== 'float32' || y.dtype !== 'float32') return undefined;
  const shape = broadcast_util.assertAndGetBroadcastShape(x.shape, y.shape);
  const n = util.sizeFromShape(shape);
  const [xStep, yStep] = [x, y].map((each) => (size(each) === n ? 4 : size(each) === 1 ? 0 : undefined));
  if (xStep === undefined || yStep === undefined) return undefined;
  const out = backend.makeOutput(shape, 'bool');
  routines.greaterOrEqual(
    ...([offsetOf(backend, x), xStep, offsetOf(backend, y), yStep, n, offsetOf(backend, out)] as const),
  );
  return out;
}

/** The gradient of `clipByValue`, and so of every cross-entropy in tfjs-layers, asks for these four. */
export const greaterEqual = faster<Pair, object>(GreaterEqual, ({backend, inputs: {a, b}}) =>
  greaterOrEqual(backend, a, b),
);

/** @see greaterEqual */
export const lessEqual = faster<Pair, object>(LessEqual, ({backend, inputs: {a, b}}) =>
  greaterOrEqual(backend, b, a),
);

/** @see greaterEqual */
export const logicalAnd = faster<Pair, object>(LogicalAnd, ({backend, inputs: {a, b}}) => {
  const routines = routinesOf(backend).exports;
  if (routines === undefined || a.dtype !== 'bool' || b.dtype !== 'bool') return undefined;
  if (!util.arraysEqual(a.shape, b.shape)) return undefined;
  const out = backend.makeOutput(a.shape, 'bool');
  routines.both(offsetOf(backend, a), offsetOf(backend, b), size(a), offsetOf(backend, out));
  return out;
});

/** @see greaterEqual */
export const select = faster<{condition: TensorInfo; t: TensorInfo; e: TensorInfo}, object>(
  Select,
  ({backend, inputs: {condition, t, e}}) => {
    const routines = routinesOf(backend).exports;
    if (routines === undefined || condition.dtype !== 'bool' || t.dtype !== 'float32') return undefined;
    if (e.dtype !== 'float32' || size(condition) !== size(t) || size(e) !== size(t)) return undefined;
    const out = backend.makeOutput(t.shape, t.dtype);
    routines.select(
      ...([offsetOf(backend, condition), offsetOf(backend, t), offsetOf(backend, e)] as const),
      ...([size(t), offsetOf(backend, out)] as const),
    );
    return out;
  },
);
