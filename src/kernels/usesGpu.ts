import {backend} from '@tensorflow/tfjs-core';

/** Whether the current backend is native TensorFlow that computes on a GPU (tfjs-node-gpu). */
export function usesGpu(): boolean {
  return (backend() as {isUsingGpuDevice?: boolean}).isUsingGpuDevice === true;
}
