import {Worker} from 'node:worker_threads';
import type {Product} from '../../wasm/crew.js';
import {revectorizes} from '../../wasm/revectorizes.js';
import {argumentsOf, gemmScratch} from '../../wasm/routines.js';
import {MEMBER_PROGRAM} from './memberProgram.js';

const PAGE = 65_536;
/** Of the module's memory: see `scripts/buildKernels.mjs`. */
const MOST_PAGES = 16_384;
/** Where the message to the thread lies, and where operands begin. */
const [MESSAGE, OPERANDS] = [64, 1024];
/** A thread that takes longer for a product is given up. */
const PATIENCE = 30_000;

/** A rectangle of numbers in memory: `count` runs of `length` floats, `apart` floats from one to the next. */
interface Runs {
  readonly count: number;
  readonly length: number;
  readonly apart: number;
}

/** A thread that multiplies matrices on a memory that it shares with its owner. */
export class Member {
  private turn = 0;
  private lost = false;

  private constructor(
    private readonly worker: Worker,
    private readonly memory: WebAssembly.Memory,
  ) {}

  /** Starts a thread. It does not keep the process alive. */
  static async start(module: WebAssembly.Module): Promise<Member> {
    const memory = new WebAssembly.Memory({initial: 64, maximum: MOST_PAGES, shared: true});
    const worker = new Worker(MEMBER_PROGRAM, {
      eval: true,
      execArgv: [],
      workerData: {module, memory, wide: revectorizes()},
    });
    await new Promise<void>((ready, fail) => {
      worker.once('message', () => ready());
      worker.once('error', fail);
    });
    worker.unref();
    const member = new Member(worker, memory);
    worker.on('error', () => {
      member.lost = true;
    });
    return member;
  }

  /** @see Crew.begin */
  begin(heap: Float32Array, product: Product): (heap: Float32Array) => boolean {
    const {m, n, k} = product;
    const [a, b] = [runs(m, k, product.aRow, product.aColumn), runs(k, n, product.bRow, product.bColumn)];
    const sizes = [m * k, k * n, product.bias ? n : 0, m * n, gemmScratch(m, k)];
    const places = sizes.map(
      (_, i) => OPERANDS + sizes.slice(0, i).reduce((sum, size) => sum + rounded(size), 0),
    );
    if (this.lost || !this.reserve(places.at(-1)! + rounded(sizes.at(-1)!))) return () => false;
    const [toA, toB, toBias, toC, scratch] = places as [number, number, number, number, number];
    const own = new Float32Array(this.memory.buffer);
    copy(heap, product.a / 4, a, own, toA / 4, a.length);
    copy(heap, product.b / 4, b, own, toB / 4, b.length);
    if (product.bias) own.set(heap.subarray(product.bias / 4, product.bias / 4 + n), toBias / 4);
    this.send([
      ...argumentsOf({
        ...product,
        ...{a: toA, aRow: product.aColumn === 1 ? k : 1, aColumn: product.aColumn === 1 ? 1 : m},
        ...{b: toB, bRow: product.bColumn === 1 ? n : 1, bColumn: product.bColumn === 1 ? 1 : k},
        ...{c: toC, cRow: n, bias: product.bias && toBias},
      }),
      scratch,
    ]);
    return (heapNow) => {
      if (!this.wait()) return false;
      copy(own, toC / 4, {count: m, length: n, apart: n}, heapNow, product.c / 4, product.cRow);
      return true;
    };
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
    Atomics.store(this.words, 0, ++this.turn);
    Atomics.notify(this.words, 0);
  }

  /** @returns whether the thread has done its turn. */
  private wait(): boolean {
    const words = this.words;
    const former = this.turn - 1;
    while (Atomics.load(words, 1) === former) {
      if (Atomics.wait(words, 1, former, PATIENCE) === 'timed-out') {
        this.lost = true;
        return false;
      }
    }
    return true;
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

/** How a matrix of `rows` and `columns` lies in memory, run by run. */
function runs(rows: number, columns: number, row: number, column: number): Runs {
  return column === 1
    ? {count: rows, length: columns, apart: row}
    : {count: columns, length: rows, apart: column};
}

/** Copies runs to where they lie `apart` floats from each other. */
function copy(
  from: Float32Array,
  place: number,
  {count, length, apart}: Runs,
  to: Float32Array,
  target: number,
  targetApart: number,
): void {
  if (apart === length && targetApart === length) {
    to.set(from.subarray(place, place + count * length), target);
    return;
  }
  for (let i = 0; i < count; i++) {
    const begin = place + i * apart;
    to.set(from.subarray(begin, begin + length), target + i * targetApart);
  }
}

/** Bytes of that many floats, up to the next cache line. */
function rounded(floats: number): number {
  return Math.ceil(floats / 16) * 64;
}
