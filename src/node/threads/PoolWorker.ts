import {Worker} from 'node:worker_threads';
import {panelWidth} from '../../wasm/vectors.js';
import type {Argument, Runs} from '../../wasm/workerPool.js';
import {SPINS, WORKER_PROGRAM} from './workerProgram.js';

const PAGE = 65_536;
/** The limit of the module's memory, in pages; see `scripts/buildKernels.mjs`. */
const MAX_PAGES = 16_384;
/** Addresses of the message to the thread and of the first operand. */
const [MESSAGE, OPERANDS] = [64, 1024];
/** Milliseconds after which a thread counts as failed. */
const TIMEOUT = 30_000;
/** Exports of the module that a worker can be asked to call. */
const ROUTINES = ['gemm', 'gates', 'gatesBackward'];

/** A thread that calls routines of the WebAssembly module on memory that it shares with its owner. */
export class PoolWorker {
  private turn = 0;
  private failed = false;

  private constructor(
    private readonly worker: Worker,
    private readonly memory: WebAssembly.Memory,
  ) {
    worker.on('error', () => {
      this.failed = true;
    });
  }

  /** Starts a thread. It does not keep the process alive. */
  static async create(module: WebAssembly.Module): Promise<PoolWorker> {
    const memory = new WebAssembly.Memory({initial: 64, maximum: MAX_PAGES, shared: true});
    const worker = new Worker(WORKER_PROGRAM, {
      eval: true,
      execArgv: [],
      workerData: {module, memory, routines: ROUTINES},
    });
    await new Promise<void>((resolve, reject) => {
      worker.once('message', () => resolve());
      worker.once('error', reject);
    });
    worker.unref();
    return new PoolWorker(worker, memory);
  }

  /** @see WorkerPool.start */
  start(heap: Float32Array, routine: string, args: readonly Argument[]): (heap: Float32Array) => boolean {
    let free = OPERANDS;
    const offsets = args.map((arg) => {
      if (typeof arg === 'number') return arg;
      const offset = free;
      free += 64 * Math.ceil(arg.words / 16);
      return offset;
    });
    // A caller that threw may have left a turn unfinished, whose operands must not be overwritten.
    if (!this.wait() || !this.reserve(free)) return () => false;
    const own = new Float32Array(this.memory.buffer);
    args.forEach((arg, i) => {
      if (typeof arg === 'number' || arg.from === undefined) return;
      copy(heap, arg.from, own, {...arg.from, offset: offsets[i]!, stride: arg.from.length});
    });
    this.send([ROUTINES.indexOf(routine), panelWidth(), offsets.length, ...offsets]);
    return (currentHeap) => {
      if (!this.wait()) return false;
      args.forEach((arg, i) => {
        if (typeof arg === 'number' || arg.to === undefined) return;
        copy(own, {...arg.to, offset: offsets[i]!, stride: arg.to.length}, currentHeap, arg.to);
      });
      return true;
    };
  }

  /** Whether the thread can no longer be used. */
  get hasFailed(): boolean {
    return this.failed;
  }

  /** Ends the thread. */
  async stop(): Promise<void> {
    this.failed = true;
    await this.worker.terminate();
  }

  private get words(): Int32Array {
    return new Int32Array(this.memory.buffer, 0, 2);
  }

  private send(message: readonly number[]): void {
    new Float64Array(this.memory.buffer, MESSAGE, message.length).set(message);
    this.turn = (this.turn + 1) | 0;
    Atomics.store(this.words, 0, this.turn);
    Atomics.notify(this.words, 0);
  }

  /** @returns Whether the thread has finished its turn. The complement of the turn's number means that it failed. */
  private wait(): boolean {
    const words = this.words;
    for (let i = 0; i < SPINS && Atomics.load(words, 1) !== this.turn; i++);
    while (!this.failed) {
      const done = Atomics.load(words, 1);
      if (done === this.turn) return true;
      this.failed = done === ~this.turn || Atomics.wait(words, 1, done, TIMEOUT) === 'timed-out';
    }
    return false;
  }

  /** @returns Whether the memory has at least that many bytes now. */
  private reserve(bytes: number): boolean {
    const pages = Math.ceil((bytes - this.memory.buffer.byteLength) / PAGE);
    if (pages <= 0) return true;
    try {
      this.memory.grow(pages);
      return true;
    } catch {
      return false;
    }
  }
}

/** Copies runs to others of the same count and length. */
function copy(from: Float32Array, source: Runs, to: Float32Array, target: Runs): void {
  const {count, length} = source;
  const isDense = source.stride === length && target.stride === length;
  const [times, words] = isDense ? [1, count * length] : [count, length];
  for (let i = 0; i < times; i++) {
    const begin = source.offset / 4 + i * source.stride;
    to.set(from.subarray(begin, begin + words), target.offset / 4 + i * target.stride);
  }
}
