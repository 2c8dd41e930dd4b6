import {
  _FusedMatMul,
  type _FusedMatMulAttrs,
  Add,
  Elu,
  getKernel,
  type NamedAttrMap,
  Relu,
  Relu6,
  Sigmoid,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import {withDtype} from '../cast.js';
import {floatsOf, type WasmBackend} from '../heap.js';
import {type Call, faster} from '../trainingKernel.js';
import {multiply} from './BatchMatMul.js';

interface Inputs {
  readonly a: TensorInfo;
  readonly b: TensorInfo;
  readonly bias?: TensorInfo;
  readonly preluActivationWeights?: TensorInfo;
}

/** The activations that are a clamp. */
const CLAMPS: Readonly<Record<string, {low?: number; high?: number}>> = {
  linear: {},
  relu: {low: 0},
  relu6: {low: 0, high: 6},
};

/** The activations that are a kernel of the backend's. */
const KERNELS: Readonly<Record<string, string>> = {relu: Relu, relu6: Relu6, elu: Elu, sigmoid: Sigmoid};

/**
 * Computes product, bias and activation in one pass if the activation is a clamp, else one after the other.
 *
 * The backend treats every bias as if it had one number per column, and computes a leaky ReLU with slope 0.
 *
 * @see multiply
 */
export const fusedMatMul = faster<Inputs, _FusedMatMulAttrs>(_FusedMatMul, (call, original) => {
  const {backend, inputs, attrs} = call;
  const {a, b, bias} = inputs;
  const {transposeA, transposeB, activation} = attrs;
  if (a.dtype !== 'float32' || b.dtype !== 'float32') return undefined;
  const columns = transposeB ? b.shape.at(-2) : b.shape.at(-1);
  const biasFits = bias == null || (bias.dtype === 'float32' && util.arraysEqual(bias.shape, [columns!]));
  const fused = biasFits ? {bias: bias ?? undefined} : {};
  const product = (name: 'linear' | 'relu' | 'relu6') =>
    multiply(backend, a, b, {transposeA, transposeB, ...fused, ...CLAMPS[name]}) ??
    productByBackend(call, fused, name, original);
  if (biasFits && (activation === 'linear' || activation === 'relu' || activation === 'relu6')) {
    return product(activation);
  }
  let out = product('linear');
  if (!biasFits) {
    out = withDtype(backend, 'float32', [bias!], (addend) =>
      replaceBy(backend, out, (sum) => run(backend, Add, {a: sum, b: addend!})),
    );
  }
  return activate(call, out);
});

/** The product by the backend's kernel, which accepts matrices of rank 3 only. */
function productByBackend(
  call: Call<Inputs, _FusedMatMulAttrs>,
  {bias}: {bias?: TensorInfo | undefined},
  activation: 'linear' | 'relu' | 'relu6',
  original: (call: Call<Inputs, _FusedMatMulAttrs>) => TensorInfo,
): TensorInfo {
  const {a, b} = call.inputs;
  const matrices = {a: withRank3(a), b: withRank3(b), ...(bias && {bias})};
  const out = original({...call, inputs: matrices, attrs: {...call.attrs, activation}});
  return a.shape.length === 2 && b.shape.length === 2 ? {...out, shape: out.shape.slice(1)} : out;
}

function withRank3(matrix: TensorInfo): TensorInfo {
  return matrix.shape.length === 2 ? {...matrix, shape: [1, ...matrix.shape]} : matrix;
}

/** @returns `x` after the activation. The memory of `x` is reused or freed. */
function activate({backend, inputs, attrs}: Call<Inputs, _FusedMatMulAttrs>, x: TensorInfo): TensorInfo {
  const {activation, leakyreluAlpha = 0} = attrs;
  if (activation === 'linear') return x;
  if (activation === 'leakyrelu') {
    const values = floatsOf(backend, x);
    for (let i = 0; i < values.length; i++) if (values[i]! < 0) values[i]! *= leakyreluAlpha;
    return x;
  }
  if (activation === 'prelu') return prelu(backend, x, inputs.preluActivationWeights!);
  const kernel = KERNELS[activation];
  if (kernel === undefined) throw new Error(`${activation} activation not yet supported for _FusedMatMul.`);
  return replaceBy(backend, x, (before) => run(backend, kernel, {x: before}));
}

/** max(x, 0) + alpha min(x, 0); the backend's kernel does not broadcast alpha. */
function prelu(backend: WasmBackend, x: TensorInfo, alpha: TensorInfo): TensorInfo {
  return withDtype(backend, 'float32', [alpha], (slopes) => {
    const values = floatsOf(backend, x);
    const alphas = floatsOf(backend, slopes!);
    const stride = strides(x.shape, slopes!.shape);
    const index = x.shape.map(() => 0);
    for (let i = 0; i < values.length; i++) {
      if (values[i]! < 0)
        values[i]! *= alphas[index.reduce((sum, each, axis) => sum + each * stride[axis]!, 0)]!;
      for (let axis = index.length - 1; axis >= 0 && ++index[axis]! === x.shape[axis]; axis--)
        index[axis] = 0;
    }
    return x;
  });
}

/** For every axis of `shape`, the stride in elements of a tensor of shape `own` that is broadcast to it. */
function strides(shape: readonly number[], own: readonly number[]): number[] {
  const missing = shape.length - own.length;
  return shape.map((_, axis) => {
    const length = own[axis - missing];
    return length === undefined || length === 1 ? 0 : util.sizeFromShape(own.slice(axis - missing + 1));
  });
}

function run(backend: WasmBackend, kernelName: string, inputs: Record<string, TensorInfo>): TensorInfo {
  const {kernelFunc} = getKernel(kernelName, 'wasm');
  return kernelFunc({inputs, attrs: {} as NamedAttrMap, backend}) as TensorInfo;
}

function replaceBy(backend: WasmBackend, x: TensorInfo, make: (x: TensorInfo) => TensorInfo): TensorInfo {
  try {
    return make(x);
  } finally {
    backend.disposeData(x.dataId);
  }
}
