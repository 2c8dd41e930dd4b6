import {checkOptions} from '../../functional/checkOptions.js';
import {invalid, wholeNumber} from '../../functional/validate.js';
import type {CircuitParts} from '../Circuit.js';
import {assertNumericFeatures, readSamples, type Samples} from '../evaluate/readSamples.js';
import {hardwareThreads, startWorker} from './startWorker.js';

/** Arguments of `CompiledCircuit.startWorkers`. */
export interface WorkersArgs {
  /** Number of threads. Default: what the machine has. */
  readonly threads?: number;
}

/** A thread, in Node or in a page. */
export interface CircuitWorker {
  post(message: object, transfer: ArrayBuffer[]): void;
  listen(onMessage: (message: Reply) => void, onError: (error: Error) => void): void;
  /** Keeps the process alive while it works; a page stays anyway. */
  hold(): void;
  release(): void;
  stop(): Promise<void>;
}

/** What a thread replies. */
export interface Reply {
  readonly ready?: true;
  readonly scores?: Float32Array;
  readonly error?: string;
}

/** More threads than any machine gives a page. */
const MOST_THREADS = 256;
/** Samples of a piece: so many that messages cost little, so few that threads end together. */
const PIECE = 8192;
const OWNER = 'CircuitWorkers.evaluate';

/**
 * Worker threads that evaluate a compiled circuit. Made by `compiled.startWorkers()`.
 * @example
 * const workers = await compiled.startWorkers({threads: 2});
 * const scores = await workers.evaluate(x);
 * await workers.stop();
 */
export class CircuitWorkers {
  /** Batches that are under way come before the next. */
  private last: Promise<unknown> = Promise.resolve();
  private stopped = false;

  private constructor(
    private readonly circuit: CircuitParts,
    private readonly workers: readonly Waiting[],
  ) {}

  /** Starts the threads; see `CompiledCircuit.startWorkers`. */
  static async start(
    circuit: CircuitParts,
    module: WebAssembly.Module,
    args: WorkersArgs = {},
  ): Promise<CircuitWorkers> {
    const owner = 'CompiledCircuit.startWorkers';
    checkOptions(owner, args, ['threads']);
    const threads = wholeNumber(owner, 'threads', args.threads ?? hardwareThreads(), 1);
    if (threads > MOST_THREADS) throw invalid(owner, 'threads', `at most ${MOST_THREADS}`, threads);
    const workers: Waiting[] = [];
    try {
      for (let i = 0; i < threads; i++) workers.push(new Waiting(await startWorker()));
      await Promise.all(workers.map((worker) => worker.ask({module}, [])));
    } catch (error) {
      await Promise.all(workers.map((worker) => worker.stop()));
      throw error;
    }
    return new CircuitWorkers(circuit, workers);
  }

  /** Number of threads. */
  get threads(): number {
    return this.workers.length;
  }

  /**
   * Computes scores, as `CompiledCircuit.evaluate` does, on all threads.
   *
   * @throws as that does; and when the threads were stopped, or one ended.
   */
  async evaluate(batch: Samples): Promise<Float32Array> {
    if (this.stopped) throw invalid(OWNER, 'workers', 'running', 'stopped');
    const {values, count} = readSamples(OWNER, this.circuit, batch);
    const turn = this.last.then(() => this.share(values, count));
    this.last = turn.catch(() => {});
    return turn;
  }

  private async share(values: Float32Array | Uint8Array, count: number): Promise<Float32Array> {
    const features = this.circuit.featureNames.length;
    const scores = this.circuit.scores.length;
    const out = new Float32Array(count * scores);
    let next = 0;
    const work = async (worker: Waiting) => {
      while (next < count) {
        const start = next;
        next = Math.min(count, start + PIECE);
        const piece = values.slice(start * features, next * features);
        const {scores: found, error} = await worker.ask({batch: piece}, [piece.buffer as ArrayBuffer]);
        if (error !== undefined) {
          next = count;
          assertNumericFeatures(OWNER, this.circuit, values, values.length / features);
          throw new Error(`${OWNER}: ${error}.`);
        }
        out.set(found!, start * scores);
      }
    };
    // All of them, so that none is still busy when the next batch comes.
    const ends = await Promise.allSettled(this.workers.map(work));
    const failed = ends.find(({status}) => status === 'rejected') as PromiseRejectedResult | undefined;
    if (failed !== undefined) throw failed.reason;
    return out;
  }

  /** Ends the threads. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.last;
    await Promise.all(this.workers.map((worker) => worker.stop()));
  }
}

/** A worker that is asked one thing at a time. */
class Waiting {
  private settle: {resolve: (reply: Reply) => void; reject: (error: Error) => void} | undefined;
  private failure: Error | undefined;

  constructor(private readonly worker: CircuitWorker) {
    worker.listen(
      (reply) => this.settle?.resolve(reply),
      (error) => {
        this.failure = new Error(`${OWNER}: ${error.message}`);
        this.settle?.reject(this.failure);
      },
    );
  }

  async ask(message: object, transfer: ArrayBuffer[]): Promise<Reply> {
    if (this.failure !== undefined) throw this.failure;
    this.worker.hold();
    try {
      return await new Promise((resolve, reject) => {
        this.settle = {resolve, reject};
        this.worker.post(message, transfer);
      });
    } finally {
      this.settle = undefined;
      this.worker.release();
    }
  }

  stop(): Promise<void> {
    return this.worker.stop();
  }
}
