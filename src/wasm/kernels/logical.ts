import {
  broadcast_util,
  GreaterEqual,
  LessEqual,
  LogicalAnd,
  Select,
  type TensorInfo,
  upcastType,
  util,
} from '@tensorflow/tfjs-core';
import {elementsOf, isNumeric, type NumericType, withDtype} from '../cast.js';
import {offsetOf, type WasmBackend} from '../heap.js';
import {type Routines, routinesOf} from '../routines.js';
import {type Call, faster, type TrainingKernel} from '../trainingKernel.js';

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
    offsetOf(backend, x),
    xStep as 0 | 4,
    offsetOf(backend, y),
    yStep as 0 | 4,
    n,
    offsetOf(backend, out),
  );
  return out;
}

/** The backend reads the second operand as if it had the first one's dtype; here both are converted to `float32`. */
function comparison(
  kernelName: string,
  compare: (backend: WasmBackend, a: TensorInfo, b: TensorInfo) => TensorInfo | undefined,
): TrainingKernel {
  return faster<Pair, object>(kernelName, (call, original) => {
    const {
      backend,
      inputs: {a, b},
    } = call;
    for (const {dtype} of [a, b].filter((each) => !isNumeric(each))) {
      throw new Error(`${kernelName}: the wasm backend compares numbers only, got ${dtype}.`);
    }
    if (a.dtype === b.dtype) return compare(backend, a, b);
    return withDtype(
      backend,
      'float32',
      [a, b],
      (x, y) => compare(backend, x!, y!) ?? original({...call, inputs: {a: x!, b: y!}}),
    );
  });
}

/** The gradient of `clipByValue`, and so of every cross-entropy in tfjs-layers, calls these four. */
export const greaterEqual = comparison(GreaterEqual, greaterOrEqual);

/** @see greaterEqual */
export const lessEqual = comparison(LessEqual, (backend, a, b) => greaterOrEqual(backend, b, a));

/**
 * Numbers count as true unless they are 0.
 *
 * @see greaterEqual
 */
export const logicalAnd = faster<Pair, object>(LogicalAnd, (call, original) => {
  const {
    backend,
    inputs: {a, b},
  } = call;
  const routines = routinesOf(backend).exports;
  if (routines === undefined || !isNumeric(a) || !isNumeric(b)) return undefined;
  return withDtype(backend, 'bool', [a, b], (x, y) => {
    if (!util.arraysEqual(x!.shape, y!.shape)) return original({...call, inputs: {a: x!, b: y!}});
    const out = backend.makeOutput(x!.shape, 'bool');
    routines.both(offsetOf(backend, x!), offsetOf(backend, y!), size(x!), offsetOf(backend, out));
    return out;
  });
});

interface Alternatives {
  readonly condition: TensorInfo;
  readonly t: TensorInfo;
  readonly e: TensorInfo;
}

/**
 * The backend reads `e` as if it had the dtype of `t`; here the result has the wider of the two dtypes, as on the cpu
 * backend.
 *
 * @see greaterEqual
 */
export const select = faster<Alternatives, object>(Select, (call) => {
  const {
    backend,
    inputs: {condition, t, e},
  } = call;
  const routines = routinesOf(backend).exports;
  if (routines === undefined || ![condition, t, e].every(isNumeric)) return undefined;
  if (size(condition) !== size(t) || size(e) !== size(t)) return undefined;
  const dtype = upcastType(t.dtype, e.dtype) as NumericType;
  return withDtype(backend, 'bool', [condition], (conditions) =>
    withDtype(backend, dtype, [t, e], (x, y) => selectElements(call, routines, [conditions!, x!, y!])),
  );
});

function selectElements(
  {backend}: Call<Alternatives, object>,
  routines: Routines,
  [conditions, t, e]: readonly [TensorInfo, TensorInfo, TensorInfo],
): TensorInfo {
  const out = backend.makeOutput(t.shape, t.dtype);
  if (t.dtype !== 'bool') {
    routines.select(
      offsetOf(backend, conditions),
      offsetOf(backend, t),
      offsetOf(backend, e),
      size(t),
      offsetOf(backend, out),
    );
    return out;
  }
  const [yes, ifYes, ifNo] = [conditions, t, e].map((each) => elementsOf(backend, each));
  const to = elementsOf(backend, out);
  for (let i = 0; i < to.length; i++) to[i] = yes![i] === 0 ? ifNo![i]! : ifYes![i]!;
  return out;
}
