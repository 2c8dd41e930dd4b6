import type {DataId, DataType, KernelBackend, TensorInfo, TypedArray} from '@tensorflow/tfjs-core';
import {checkedGateSizes} from './GateSizes.js';
import {inverseConnections} from './inverseConnections.js';

/** What a GPU backend's tensors are made and ended by. */
interface GpuBackend extends KernelBackend {
  makeTensorInfo(shape: number[], dtype: DataType, values?: TypedArray): TensorInfo;
}

/** What is known of connections. */
interface Known {
  readonly backend: KernelBackend;
  readonly inputs: number;
  readonly readers: TensorInfo | undefined;
}

/** By the data of the connections: a tensor's numbers never change. */
const known = new WeakMap<DataId, Known>();

/** Gives the memory of `readers` back once the connections are gone. */
const released = new FinalizationRegistry<() => void>((release) => release());

/**
 * The inverse of connections on a GPU, `inverseConnections` as an `int32` tensor: made once, when the connections are first used. Until
 * then a layer's connections are on the host, where they were set.
 *
 * @param hostValues Reads the connections without waiting for the device; undefined where it cannot.
 * @returns Undefined where the connections were computed on the device and cannot be read.
 * @throws If a connection is not the index of an input.
 */
export function gateReaders(
  backend: GpuBackend,
  x: TensorInfo,
  connections: TensorInfo,
  hostValues: () => ArrayLike<number> | null | undefined,
): TensorInfo | undefined {
  const inputs = x.shape[1]!;
  const before = known.get(connections.dataId);
  if (before?.backend === backend && before.inputs === inputs) return before.readers;
  const values = hostValues();
  const readers = values ? upload(backend, x, connections, Int32Array.from(values)) : undefined;
  known.set(connections.dataId, {backend, inputs, readers});
  return readers;
}

function upload(
  backend: GpuBackend,
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
