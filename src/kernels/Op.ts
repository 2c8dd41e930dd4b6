import {
  cast,
  engine,
  getBackend,
  getKernel,
  type KernelConfig,
  type KernelFunc,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
  type TensorInfo,
  tidy,
} from '@tensorflow/tfjs-core';
import {usesGpu} from './usesGpu.js';

/** Inputs as a kernel gets them. */
export type Infos<Inputs> = {
  readonly [Name in keyof Inputs]: Inputs[Name] extends Tensor ? TensorInfo : TensorInfo | undefined;
};

/** One thing for an op with one output, a list of them for an op with several. */
type PerOutput<Output, One> = Output extends Tensor ? One : One[];

/** What an op computes, whichever backend runs it. */
export interface Contract<
  Inputs extends object,
  Attributes extends object,
  Output extends Tensor | Tensor[],
> {
  /** The op's name in TensorFlow.js's registry of kernels. */
  readonly kernelName: string;
  /** Names of the inputs that are `int32`; the others are `float32`. Tensors of another type are cast. */
  readonly integers?: readonly (keyof Inputs & string)[];
  /** Shape of the output, or of each. */
  readonly shape: (inputs: Infos<Inputs>, attributes: Attributes) => PerOutput<Output, number[]>;
  /** The op composed of TensorFlow.js's own: it serves on backends without a kernel, and is the reference for kernels. */
  readonly composed: (inputs: Inputs, attributes: Attributes) => Output;
}

/** A backend's implementation of an op. It gets the backend that runs it. */
export type Kernel<Inputs, Attributes, Output, Backend> = (
  inputs: Infos<Inputs>,
  attributes: Attributes,
  backend: Backend,
) => PerOutput<Output, TensorInfo>;

/** An op to call. It has no gradient of its own: it serves inside gradient functions. */
export interface Op<Inputs extends object, Attributes extends object, Output extends Tensor | Tensor[]>
  extends Readonly<Contract<Inputs, Attributes, Output>> {
  (
    inputs: Inputs,
    ...attributes: Record<never, never> extends Attributes
      ? [attributes?: Attributes]
      : [attributes: Attributes]
  ): Output;
  /** Whether the current backend has a kernel that serves here; else the op runs composed. */
  hasKernel(): boolean;
  /** An implementation for one backend, for `registerKernels`. */
  kernelOn<Backend>(backendName: string, kernel: Kernel<Inputs, Attributes, Output, Backend>): KernelConfig;
}

/** Makes a contract callable: by the current backend's kernel where there is one, else composed. */
export function defineOp<Inputs extends object, Attributes extends object, Output extends Tensor | Tensor[]>(
  contract: Contract<Inputs, Attributes, Output>,
): Op<Inputs, Attributes, Output> {
  const {kernelName, integers = [], composed} = contract;
  const runKernel = (inputs: NamedTensorMap, attributes: Attributes) =>
    engine().runKernel(kernelName, inputs, attributes as unknown as NamedAttrMap) as Output;
  // The kernels for native TensorFlow copy tensors to host memory, which a GPU would wait for.
  const hasKernel = () => getKernel(kernelName, getBackend()) !== undefined && !usesGpu();
  const run = (inputs: Inputs, attributes = {} as Attributes): Output => {
    const byKernel = hasKernel();
    if (byKernel && haveDtypes(inputs, integers)) return runKernel(inputs as NamedTensorMap, attributes);
    return tidy(() => {
      const typed = withDtypes(inputs, integers);
      return byKernel ? runKernel(typed, attributes) : composed(typed as Inputs, attributes);
    });
  };
  const kernelOn = <Backend>(
    backendName: string,
    kernel: Kernel<Inputs, Attributes, Output, Backend>,
  ): KernelConfig => {
    const kernelFunc: KernelFunc = ({inputs, attrs, backend}) =>
      kernel(inputs as Infos<Inputs>, attrs as unknown as Attributes, backend as Backend);
    return {kernelName, backendName, kernelFunc};
  };
  return Object.assign(run, contract, {hasKernel, kernelOn});
}

/** Whether no input is missing or of another type. */
function haveDtypes(inputs: object, integers: readonly string[]): boolean {
  return Object.entries(inputs).every(
    ([name, x]: [string, Tensor | undefined]) => x?.dtype === dtypeOf(name, integers),
  );
}

function dtypeOf(name: string, integers: readonly string[]): 'int32' | 'float32' {
  return integers.includes(name) ? 'int32' : 'float32';
}

function withDtypes(inputs: object, integers: readonly string[]): NamedTensorMap {
  const typed: NamedTensorMap = {};
  for (const [name, x] of Object.entries(inputs) as [string, Tensor | undefined][]) {
    if (x === undefined) continue;
    const dtype = dtypeOf(name, integers);
    typed[name] = x.dtype === dtype ? x : cast(x, dtype);
  }
  return typed;
}
