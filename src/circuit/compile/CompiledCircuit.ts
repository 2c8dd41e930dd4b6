import type {CircuitParts} from '../Circuit.js';
import {assertNumericFeatures, readSamples, type Samples} from '../evaluate/readSamples.js';
import {CircuitWorkers, type WorkersArgs} from './CircuitWorkers.js';

/** What compiling made. */
export interface CompiledParts {
  readonly wasm: Uint8Array<ArrayBuffer>;
  readonly module: WebAssembly.Module;
  readonly instance: WebAssembly.Instance;
  readonly simd: boolean;
  readonly milliseconds: number;
}

/** What a module exports. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  run(samples: number): number;
}

const OWNER = 'CompiledCircuit.evaluate';

/**
 * A circuit as a WebAssembly module that packs features into bits, evaluates the gates for 512 samples at a time and
 * adds up the scores with bit-sliced adders. Made by `circuit.compile()`.
 *
 * @example
 * const compiled = await circuit.compile();
 * const scores = compiled.evaluate(x); // what circuit.evaluate(x) gives
 */
export class CompiledCircuit {
  /** The module as a file: it needs neither this package nor TensorFlow.js, see `LOADER`. */
  readonly wasm: Uint8Array<ArrayBuffer>;
  /** Whether it uses 128-bit vectors. */
  readonly simd: boolean;
  /** How long simplifying, generating and compiling took. */
  readonly compileMilliseconds: number;
  private readonly module: WebAssembly.Module;
  private readonly exports: Exports;
  private readonly block: number;
  private readonly input: Uint8Array | Float32Array;
  private readonly output: Float32Array;

  /** @param circuit What was compiled: simplified. */
  constructor(
    private readonly circuit: CircuitParts,
    {wasm, module, instance, simd, milliseconds}: CompiledParts,
  ) {
    this.wasm = wasm;
    this.module = module;
    this.simd = simd;
    this.compileMilliseconds = milliseconds;
    this.exports = instance.exports as unknown as Exports;
    const {buffer} = this.exports.memory;
    const [, features, scores, block, , input, output] = new Int32Array(buffer, 0, 7) as unknown as number[];
    this.block = block!;
    const Features = circuit.featureType === 'uint8' ? Uint8Array : Float32Array;
    this.input = new Features(buffer, input, block! * features!);
    this.output = new Float32Array(buffer, output, block! * scores!);
  }

  /**
   * Computes scores.
   *
   * @param batch Features, `[samples, features]` in row-major order; a `Float32Array`, or for a circuit of bytes a
   *   `Uint8Array`, is taken as it is, others are converted.
   * @returns Scores, `[samples, scores]`.
   * @throws as `Circuit.evaluate` does.
   */
  evaluate(batch: Samples): Float32Array {
    const {values, count} = readSamples(OWNER, this.circuit, batch);
    const features = this.circuit.featureNames.length;
    const scores = this.circuit.scores.length;
    const out = new Float32Array(count * scores);
    for (let start = 0; start < count; start += this.block) {
      const samples = Math.min(this.block, count - start);
      this.input.set(values.subarray(start * features, (start + samples) * features));
      if (this.exports.run(samples) !== 0) {
        this.input.fill(0);
        assertNumericFeatures(OWNER, this.circuit, values, count);
      }
      out.set(this.output.subarray(0, samples * scores), start * scores);
    }
    return out;
  }

  /**
   * Starts worker threads that share large batches: worker_threads in Node, Web Workers in a page.
   *
   * @example
   * const workers = await compiled.startWorkers({threads: 4});
   * const scores = await workers.evaluate(x);
   * await workers.stop();
   */
  startWorkers(args?: WorkersArgs): Promise<CircuitWorkers> {
    return CircuitWorkers.start(this.circuit, this.module, args);
  }
}
