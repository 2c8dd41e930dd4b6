import {
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
  if (getKernel(name, getBackend()) === undefined) return tidy(composed);
  return engine().runKernel(name, inputs, attributes as NamedAttrMap) as Tensor;
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
  const backendName = getBackend();
  if (getKernel(name, backendName) === undefined) {
    registerKernel({
      kernelName: name,
      backendName,
      kernelFunc: (call) =>
        tidy(() => composed(call.inputs as Inputs, call.attrs as Attributes)) as unknown as TensorInfo,
    });
  }
  return engine().runKernel(name, inputs, attributes as NamedAttrMap) as Tensor;
}
