/** Runs of neighbouring floats in memory. */
export interface Runs {
  /** Address of the first run, in bytes. */
  readonly offset: number;
  readonly count: number;
  /** Floats in a run. */
  readonly length: number;
  /** Floats from the start of one run to the start of the next. */
  readonly stride: number;
}

/** An array that a routine works on. A worker keeps a dense copy in its own memory. */
export interface Operand {
  readonly words: number;
  /** Where to copy it from; undefined if the routine fills it itself. */
  readonly from?: Runs;
  /** Where to copy it to afterwards; undefined if the caller does not need it. */
  readonly to?: Runs;
}

/** An argument of a routine: a number as it is, an array by its address. */
export type Argument = number | Operand;

/** Threads that compute parts of large routines. */
export interface WorkerPool {
  readonly size: number;
  /**
   * Starts a routine on one worker.
   *
   * @param heap The backend's memory, to which addresses refer. Operands are copied before this returns.
   * @returns A function that waits for the worker and copies its results into `heap`, or returns false if the worker
   *   has failed.
   */
  start(
    worker: number,
    heap: Float32Array,
    routine: string,
    args: readonly Argument[],
  ): (heap: Float32Array) => boolean;
}

let current: WorkerPool | undefined;

/** Has `pool` compute parts of large routines on the wasm backend from now on; undefined ends it. */
export function setWorkerPool(pool: WorkerPool | undefined): void {
  current = pool;
}

/** The pool for a routine of `work` operations, or undefined if that is less than `threshold`. */
export function workerPoolFor(work: number, threshold: number): WorkerPool | undefined {
  return work >= threshold ? current : undefined;
}

/** A single run of `length` floats. */
export function run(offset: number, length: number): Runs {
  return {offset, count: 1, length, stride: length};
}
