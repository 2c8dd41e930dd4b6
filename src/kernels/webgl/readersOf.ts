import type {TensorInfo} from '@tensorflow/tfjs-core';
import {gateReaders} from '../gateReaders.js';
import type {WebGlBackend} from './WebGlBackend.js';

/** `gateReaders`. Connections that were computed on the device are read back, once. */
export function readersOf(backend: WebGlBackend, x: TensorInfo, connections: TensorInfo): TensorInfo {
  const {dataId} = connections;
  const values = () => backend.texData.get(dataId).values ?? (backend.readSync(dataId) as Int32Array);
  return gateReaders(backend, x, connections, values)!;
}
