import type {DataId, TensorInfo} from '@tensorflow/tfjs-core';
import {checkedGateSizes} from '../GateSizes.js';
import {inverseConnections} from '../inverseConnections.js';
import type {WebGpuBackend} from './WebGpuBackend.js';

/** What is known of connections. */
interface Known {
  readonly inputs: number;
  /** `inverseConnections` as a tensor; undefined where the connections were never seen on the host. */
  readonly readers: TensorInfo | undefined;
}

/** By the data of the connections: a tensor's numbers never change. */
const known = new WeakMap<DataId, Known>();

/** Gives the memory of `readers` back once the connections are gone. */
const released = new FinalizationRegistry<() => void>((release) => release());

/**
 * Looks at connections once, before they go to the device: a layer's are on the host when they are set. Those that were computed on
 * the device are never read back; dL/dx then searches all units for each input's readers.
 *
 * @throws If a connection is not the index of an input.
 */
export function checkedConnections(backend: WebGpuBackend, x: TensorInfo, connections: TensorInfo): Known {
  const inputs = x.shape[1]!;
  const before = known.get(connections.dataId);
  if (before?.inputs === inputs) return before;
  const values = backend.tensorMap.get(connections.dataId).values;
  const found = {
    inputs,
    readers: values ? readersOf(backend, x, connections, Int32Array.from(values)) : undefined,
  };
  known.set(connections.dataId, found);
  return found;
}

function readersOf(
  backend: WebGpuBackend,
  x: TensorInfo,
  connections: TensorInfo,
  indices: Int32Array,
): TensorInfo {
  const {inputs} = checkedGateSizes(x, connections, indices);
  const values = inverseConnections(indices, inputs);
  const readers = backend.makeTensorInfo([values.length], 'int32', values);
  released.register(connections.dataId, () => backend.disposeData(readers.dataId));
  return readers;
}
