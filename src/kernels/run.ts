import {
  cast,
  engine,
  getBackend,
  getKernel,
  type NamedAttrMap,
  registerKernel,
  type Tensor,
  type TensorInfo,
  tidy,
} from '@tensorflow/tfjs-core';

type Inputs = Record<string, Tensor>;
type Attributes = Record<string, unknown>;

/**
 * Runs the fast form of kernel `name` where the current backend has one, else the composed form.
 * For kernels that are called inside a gradient function and need no gradient of their own.
 */
export function runKernel(
  name: string,
  inputs: Inputs,
  attributes: Attributes,
  composed: () => Tensor,
): Tensor {
  return tidy(() => (hasKernel(name) ? (runFast(name, inputs, attributes) as Tensor) : composed()));
}

/**
 * Runs kernel `name` under its registered gradient, which TensorFlow.js evaluates only for the inputs
 * that need one. A backend without a fast form gets the composed form registered under the same name.
 */
export function runDifferentiableKernel(
  name: string,
  inputs: Inputs,
  attributes: Attributes,
  composed: (inputs: Inputs, attributes: Attributes) => Tensor,
): Tensor {
  if (!hasKernel(name)) {
    registerKernel({
      kernelName: name,
      backendName: getBackend(),
      kernelFunc: (call) =>
        tidy(() => composed(call.inputs as Inputs, call.attrs as Attributes)) as unknown as TensorInfo,
    });
  }
  return tidy(() => runFast(name, inputs, attributes) as Tensor);
}

/** Whether the current backend has a fast form of kernel `name`. */
export function hasKernel(name: string): boolean {
  return getKernel(name, getBackend()) !== undefined;
}

/** Runs a registered kernel. Its inputs become `float32`, but for `connections`, which are places: `int32`. */
export function runFast(name: string, inputs: Inputs, attributes: Attributes): Tensor | Tensor[] {
  const typed = Object.entries(inputs).map(([input, x]) => {
    const dtype = input === 'connections' ? 'int32' : 'float32';
    return [input, x.dtype === dtype ? x : cast(x, dtype)];
  });
  return engine().runKernel(name, Object.fromEntries(typed), attributes as NamedAttrMap) as Tensor | Tensor[];
}
