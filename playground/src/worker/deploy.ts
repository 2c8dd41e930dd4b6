import type {Circuit} from 'tfjs-discrete/circuit';
import {LOADER} from 'tfjs-discrete/circuit';
import type {Images} from '../data/images.js';
import type {CIRCUIT_FILES, Deployment} from '../messages.js';

/** How long throughput is measured, at least. */
const MEASURED_MS = 400;

/** A network of gates without the framework: what it is, and its files. */
export interface DeployedCircuit {
  readonly deployment: Deployment;
  readonly files: Readonly<Record<(typeof CIRCUIT_FILES)[number], () => Uint8Array<ArrayBuffer>>>;
}

/**
 * Turns the circuit of a trained network into a WebAssembly module that reads bytes, and measures it on the test images.
 *
 * @param predicted What the network says about each test image.
 */
export async function deploy(
  circuit: Circuit,
  {count, pixels, labels}: Images,
  predicted: Uint8Array,
): Promise<DeployedCircuit> {
  const {circuit: simple, report} = circuit.forBytes({divisor: 255}).simplify();
  const compiled = await simple.compile();
  const answers = classesOf(compiled.evaluate(pixels), count);
  let images = 0;
  const began = performance.now();
  let milliseconds = 0;
  while (milliseconds < MEASURED_MS) {
    compiled.evaluate(pixels);
    images += count;
    milliseconds = performance.now() - began;
  }
  const text = (contents: string) => new TextEncoder().encode(contents);
  const share = (expected: Uint8Array, found: Uint8Array) =>
    found.reduce((sum, answer, i) => sum + (answer === expected[i] ? 1 : 0), 0) / count;
  return {
    deployment: {
      before: {gates: report.before.gates, depth: report.before.depth},
      after: {gates: report.after.gates, depth: report.after.depth},
      histogram: report.after.histogram,
      compileMilliseconds: compiled.compileMilliseconds,
      wasmBytes: compiled.wasm.length,
      imagesPerSecond: (1000 * images) / milliseconds,
      testImages: count,
      agreement: share(predicted, answers),
      circuitAccuracy: share(labels, answers),
      modelAccuracy: share(labels, predicted),
    },
    files: {
      'circuit.wasm': () => compiled.wasm,
      'circuit.json': () => text(JSON.stringify(simple)),
      'circuit.c': () => text(simple.toC()),
      'circuit.v': () => text(simple.toVerilog()),
      'loader.mjs': () => text(LOADER),
    },
  };
}

/** The class with the highest score, the first of several. */
function classesOf(scores: Float32Array, count: number): Uint8Array {
  const classes = scores.length / count;
  return Uint8Array.from({length: count}, (_, i) => {
    const own = scores.subarray(i * classes, (i + 1) * classes);
    return own.indexOf(Math.max(...own));
  });
}
