import {type DataId, type DataType, type KernelBackend, type TensorInfo, util} from '@tensorflow/tfjs-core';

/** What this package uses of TensorFlow.js's plain JavaScript backend (tfjs-backend-cpu 4.22). */
export interface CpuBackend extends KernelBackend {
  readonly data: {get(dataId: DataId): {values: ArrayLike<number>}};
  makeTensorInfo(shape: number[], dtype: DataType, values: Float32Array): TensorInfo;
}

/** A new `float32` tensor of zeros, and its elements. */
export function makeOutput(backend: CpuBackend, shape: number[]): [TensorInfo, Float32Array] {
  const values = new Float32Array(util.sizeFromShape(shape));
  return [backend.makeTensorInfo(shape, 'float32', values), values];
}

/** The elements of a `float32` tensor. A cast from integers relabels the tensor and keeps its integer array: that is copied. */
export function floatsOf({data}: CpuBackend, {dataId}: TensorInfo): Float32Array {
  const {values} = data.get(dataId);
  return values instanceof Float32Array ? values : Float32Array.from(values);
}

/** The elements of an `int32` tensor, otherwise like `floatsOf`. */
export function integersOf({data}: CpuBackend, {dataId}: TensorInfo): Int32Array {
  const {values} = data.get(dataId);
  return values instanceof Int32Array ? values : Int32Array.from(values);
}
