import {execFileSync} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {build} from 'esbuild';
import {vectorWidth} from '../../src/wasm/vectors.js';
import {NATIVE_FOLDER} from '../native/buildNative.js';
import type {Clock, Program} from './measuredProcess.js';
import {VECTORS} from './workloads/vectors.js';

/**
 * Our kernels, the same with matrix products shared by two threads, the same model without our kernels, or the same on
 * TensorFlow.js's plain JavaScript backend; and native TensorFlow (tfjs-node, on the CPU) with our kernels and without.
 */
export type Implementation =
  | 'ours'
  | 'ours, 2 threads'
  | 'composed on wasm'
  | 'composed on cpu'
  | 'tfjs-node'
  | 'composed on tfjs-node';

/** A Python that can import torch. */
export interface Torch {
  readonly python: string;
  readonly version: string;
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const PACKAGES = ['@tensorflow/*', 'assemblyscript', 'binaryen'];

/** Where compiled copies of the sources are written: beside `node_modules`, so that they find their packages. */
export const CACHE = here('../../.cache/bench');

/**
 * Compiles the workloads into one file, as an application's bundler would, so that a run measures one state of
 * the sources and no compiler.
 */
export async function compileWorkloads(): Promise<void> {
  await build({
    entryPoints: [here('workloads/main.ts')],
    outfile: `${CACHE}/workload.mjs`,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: PACKAGES,
    tsconfig: here('../../tsconfig.json'),
  });
}

/** The V8 options of this run, without those of tsx, which a compiled workload does not need. */
export const ENGINE = process.execArgv.filter((argument) => argument.startsWith('--experimental-wasm'));

/** A workload in TensorFlow.js, in its own process. @see workloads/main.ts */
export function tensorflowJs(implementation: Implementation, workload: string, sizes: object = {}): Program {
  return {
    name: implementation,
    command: process.execPath,
    args: [...ENGINE, `${CACHE}/workload.mjs`, implementation, workload, JSON.stringify(sizes)],
    env: {
      [VECTORS]: String(vectorWidth()),
      TFJS_NODE_FOLDER: NATIVE_FOLDER,
      TF_NUM_INTRAOP_THREADS: '1',
      TF_NUM_INTEROP_THREADS: '1',
    },
    threads: implementation === 'ours, 2 threads' ? 2 : 1,
  };
}

/**
 * How a peer's C library allocates large blocks: from the system each time, its default, or from memory that was freed
 * before, as PyTorch's guides advise; that makes gate networks several times faster.
 */
export type Allocation = 'default' | 'reuse';

const REUSE = {
  MALLOC_MMAP_MAX_: '0',
  MALLOC_TRIM_THRESHOLD_: String(2 ** 40),
  MALLOC_TOP_PAD_: String(2 ** 26),
};

/**
 * A workload in PyTorch, in its own process.
 *
 * @param peer Name of a file in `peers`.
 */
export function pyTorch(
  {python}: Torch,
  peer: string,
  threads: number,
  sizes: object,
  {clock, allocation}: {clock: Clock; allocation: Allocation},
): Program {
  const count = String(threads);
  const waiting = clock === 'cpu' ? {OMP_WAIT_POLICY: 'passive'} : undefined; // else waiting would count
  const memory = allocation === 'reuse' ? REUSE : undefined;
  return {
    name: `torch, ${count} thread${threads === 1 ? '' : 's'}`,
    command: python,
    args: ['-u', here(`peers/${peer}.py`), '--threads', count, '--sizes', JSON.stringify(sizes)],
    env: {OMP_NUM_THREADS: count, OPENBLAS_NUM_THREADS: count, MKL_NUM_THREADS: count, ...waiting, ...memory},
    threads,
  };
}

/** The first of several interpreters that can import torch, or undefined. */
export function findTorch(named?: string): Torch | undefined {
  const candidates = named === undefined ? ['python3', '/usr/bin/python3', 'python'] : [named];
  for (const python of candidates) {
    try {
      const version = execFileSync(python, ['-c', 'import torch; print(torch.__version__)'], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      return {python, version: version.trim()};
    } catch {
      // not this one
    }
  }
  return undefined;
}
