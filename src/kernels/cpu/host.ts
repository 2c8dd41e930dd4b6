import type {DataId, DataType, KernelBackend, TensorInfo} from '@tensorflow/tfjs-core';
import type {Host} from '../typedArrays/Host.js';

/** What this package uses of TensorFlow.js's plain JavaScript backend (tfjs-backend-cpu 4.22). */
interface CpuBackend extends KernelBackend {
  readonly data: {get(dataId: DataId): {values: ArrayLike<number>}};
  makeTensorInfo(shape: number[], dtype: DataType, values: Float32Array): TensorInfo;
}

/** The cpu backend's tensors as typed arrays. */
export function cpuHost(backend: KernelBackend): Host {
  const {data} = backend as CpuBackend;
  return {
    output: (shape) => {
      const size = shape.reduce((product, length) => product * length, 1);
      return (backend as CpuBackend).makeTensorInfo(shape, 'float32', new Float32Array(size));
    },
    // A cast from integers to floats relabels the tensor and keeps its integer array.
    floats: (...tensors) =>
      tensors.map(({dataId}) => {
        const {values} = data.get(dataId);
        return values instanceof Float32Array ? values : Float32Array.from(values);
      }),
    integers: ({dataId}) => {
      const {values} = data.get(dataId);
      return values instanceof Int32Array ? values : Int32Array.from(values);
    },
  };
}
