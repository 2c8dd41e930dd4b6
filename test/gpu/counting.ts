import {backend, type DataId} from '@tensorflow/tfjs-core';

/** What a piece of work asked of the device. */
export interface Counts {
  /** Programs run: dispatches on WebGPU, draw calls on WebGL. */
  readonly programs: number;
  /** Tensors copied to the device. */
  readonly uploads: number;
  /** Tensors copied from the device. */
  readonly readbacks: number;
}

/** The methods of TensorFlow.js's GPU backends through which all of that goes; one of the first two is there. */
interface GpuBackend {
  runWebGPUProgram?: (...args: unknown[]) => unknown;
  runWebGLProgram?: (...args: unknown[]) => unknown;
  uploadToGPU(dataId: DataId): void;
  read(dataId: DataId): Promise<unknown>;
  readSync(dataId: DataId): unknown;
  readonly tensorMap?: DataMap;
  readonly texData?: DataMap;
}

interface DataMap {
  get(dataId: DataId): {values?: unknown; resource?: unknown; texture?: unknown};
}

/** Runs `work` on the current backend and counts. */
export async function count(work: () => Promise<unknown> | unknown): Promise<Counts> {
  const gpu = backend() as unknown as GpuBackend;
  const counts = {programs: 0, uploads: 0, readbacks: 0};
  const dataOf = (dataId: DataId) => (gpu.tensorMap ?? gpu.texData)!.get(dataId);
  const undo: (() => void)[] = [];
  const before = (name: keyof GpuBackend, note: (dataId: DataId) => void) => {
    const original = gpu[name] as unknown as ((...args: unknown[]) => unknown) | undefined;
    if (original === undefined) return;
    Object.assign(gpu, {
      [name]: (...args: unknown[]) => {
        note(args[0] as DataId);
        return original.apply(gpu, args);
      },
    });
    undo.push(() => delete (gpu as unknown as Record<string, unknown>)[name]);
  };
  const readBack = (dataId: DataId) => {
    if (dataOf(dataId).values == null) counts.readbacks++;
  };
  before('runWebGPUProgram', () => counts.programs++);
  before('runWebGLProgram', () => counts.programs++);
  before('uploadToGPU', (dataId) => {
    const {values, resource, texture} = dataOf(dataId);
    if (values != null && resource == null && texture == null) counts.uploads++;
  });
  before('read', readBack);
  before('readSync', readBack);
  try {
    await work();
  } finally {
    for (const step of undo) step();
  }
  return counts;
}
