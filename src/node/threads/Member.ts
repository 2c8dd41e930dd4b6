import {Worker} from 'node:worker_threads';
import type {Argument, Runs} from '../../wasm/crew.js';
import {revectorizes} from '../../wasm/revectorizes.js';
import {LOOKS, MEMBER_PROGRAM} from './memberProgram.js';

const PAGE = 65_536;
/** Of the module's memory: see `scripts/buildKernels.mjs`. */
const MOST_PAGES = 16_384;
/** Where the message to the thread lies, and where operands begin. */
const [MESSAGE, OPERANDS] = [64, 1024];
/** Milliseconds after which a thread is given up. */
const PATIENCE = 30_000;
/** What the module is asked for. */
const ROUTINES = ['gemm', 'gates', 'gatesBackward'];

/** A thread that runs routines of an own module on a memory that it shares with its owner. */
export class Member {
  private turn = 0;
  private lost = false;

  private constructor(
    private readonly worker: Worker,
    private readonly memory: WebAssembly.Memory,
  ) {
    worker.on('error', () => {
      this.lost = true;
    });
  }

  /** Starts a thread. It does not keep the process alive. */
  static async start(module: WebAssembly.Module): Promise<Member> {
    const memory = new WebAssembly.Memory({initial: 64, maximum: MOST_PAGES, shared: true});
    const worker = new Worker(MEMBER_PROGRAM, {
      eval: true,
      execArgv: [],
      workerData: {module, memory, routines: ROUTINES, wide: revectorizes()},
    });
    await new Promise<void>((ready, fail) => {
      worker.once('message', () => ready());
      worker.once('error', fail);
    });
    worker.unref();
    return new Member(worker, memory);
  }

  /** @see Crew.begin */
  begin(heap: Float32Array, routine: string, args: readonly Argument[]): (heap: Float32Array) => boolean {
    let free = OPERANDS;
    const places = args.map((arg) => {
      if (typeof arg === 'number') return arg;
      const place = free;
      free += 64 * Math.ceil(arg.words / 16);
      return place;
    });
    // A caller that threw may have left a turn unfinished: its operands are not to be overwritten.
    if (!this.wait() || !this.reserve(free)) return () => false;
    const own = new Float32Array(this.memory.buffer);
    args.forEach((arg, i) => {
      if (typeof arg === 'number' || arg.from === undefined) return;
      copy(heap, arg.from, own, {...arg.from, at: places[i]!, apart: arg.from.length});
    });
    this.send([ROUTINES.indexOf(routine), places.length, ...places]);
    return (heapNow) => {
      if (!this.wait()) return false;
      args.forEach((arg, i) => {
        if (typeof arg === 'number' || arg.to === undefined) return;
        copy(own, {...arg.to, at: places[i]!, apart: arg.to.length}, heapNow, arg.to);
      });
      return true;
    };
  }

  /** Whether it takes work no more. */
  get isLost(): boolean {
    return this.lost;
  }

  /** Ends the thread. */
  async stop(): Promise<void> {
    this.lost = true;
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

  /** @returns whether the thread has done its turn. A turn that failed is answered by its complement. */
  private wait(): boolean {
    const words = this.words;
    for (let look = 0; look < LOOKS && Atomics.load(words, 1) !== this.turn; look++);
    while (!this.lost) {
      const done = Atomics.load(words, 1);
      if (done === this.turn) return true;
      this.lost = done === ~this.turn || Atomics.wait(words, 1, done, PATIENCE) === 'timed-out';
    }
    return false;
  }

  /** @returns whether the memory has that many bytes now. */
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
  const dense = source.apart === length && target.apart === length;
  const [times, words] = dense ? [1, count * length] : [count, length];
  for (let i = 0; i < times; i++) {
    const begin = source.at / 4 + i * source.apart;
    to.set(from.subarray(begin, begin + words), target.at / 4 + i * target.apart);
  }
}
