import type {DataId, DataType, KernelBackend, TensorInfo, TypedArray} from '@tensorflow/tfjs-core';

/** A number that a program reads from its uniform buffer. */
export interface Uniform {
  readonly type: 'float32' | 'int32' | 'uint32';
  readonly data: readonly number[];
}

/** A compute program as tfjs-backend-webgpu takes it: plain data and the WGSL of `main`. */
export interface WebGpuProgram {
  readonly variableNames: readonly string[];
  readonly outputShape: readonly number[];
  readonly uniforms: string;
  readonly shaderKey: string;
  readonly workgroupSize: readonly [number, number, number];
  readonly dispatchLayout: {readonly x: readonly number[]};
  readonly dispatch: readonly [number, number, number];
  getUserCode(): string;
}

/** What this package uses of TensorFlow.js's WebGPU backend (tfjs-backend-webgpu 4.22). */
export interface WebGpuBackend extends KernelBackend {
  readonly tensorMap: {get(dataId: DataId): {values?: ArrayLike<number> | null}};
  makeTensorInfo(shape: number[], dtype: DataType, values?: TypedArray): TensorInfo;
  runWebGPUProgram(
    program: WebGpuProgram,
    inputs: readonly TensorInfo[],
    dtype: DataType,
    uniforms: readonly Uniform[],
    output: TensorInfo,
  ): TensorInfo;
}
