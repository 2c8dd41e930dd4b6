import type {DataId, DataType, KernelBackend, TensorInfo, TypedArray} from '@tensorflow/tfjs-core';

/** A fragment program as tfjs-backend-webgl takes it: plain data and the GLSL of `main`. */
export interface WebGlProgram {
  readonly variableNames: readonly string[];
  readonly outputShape: readonly number[];
  readonly userCode: string;
  readonly customUniforms: readonly {readonly name: string; readonly type: 'float' | 'int'}[];
}

/** What this package uses of TensorFlow.js's WebGL backend (tfjs-backend-webgl 4.22). */
export interface WebGlBackend extends KernelBackend {
  readonly texData: {
    get(dataId: DataId): {readonly values?: ArrayLike<number> | null; readonly isPacked?: boolean};
  };
  makeTensorInfo(shape: number[], dtype: DataType, values?: TypedArray): TensorInfo;
  /** A copy in the plain layout of a tensor whose texels hold four numbers each. */
  unpackTensor(info: TensorInfo): TensorInfo;
  runWebGLProgram(
    program: WebGlProgram,
    inputs: readonly TensorInfo[],
    dtype: DataType,
    uniforms: readonly (readonly number[])[],
  ): TensorInfo;
}
