import type {LayersModel} from '@tensorflow/tfjs-layers';
import {checkOptions} from '../functional/checkOptions.js';
import {invalid} from '../functional/validate.js';
import {circuitFromModel, circuitFromModelAsync, type FromModelArgs} from './build/fromModel.js';
import {checkParts} from './checkParts.js';
import {circuitFromJson, circuitToJson} from './circuitJson.js';
import type {CompiledCircuit} from './compile/CompiledCircuit.js';
import {type CompileArgs, compileCircuit} from './compile/compileCircuit.js';
import {evaluateCircuit} from './evaluate/evaluateCircuit.js';
import {type Explanation, explainScore} from './evaluate/explain.js';
import type {Samples} from './evaluate/readSamples.js';
import {circuitToDot, circuitToSvg} from './export/diagram.js';
import {circuitToC, type ToCArgs} from './export/toC.js';
import {circuitToVerilog, type ToVerilogArgs} from './export/toVerilog.js';
import {forBytes} from './forBytes.js';
import {markSimplified, type SimplifyReport, simplifyParts} from './simplify/simplifyParts.js';
import {type CircuitStatistics, statistics} from './statistics.js';

/** How a feature is given: as a `float32` number, or as a byte, 0 to 255. */
export type FeatureType = 'float32' | 'uint8';

/**
 * What a circuit consists of. Signals are numbered: first the input bits, then the gates; a gate reads signals with
 * smaller numbers than its own, so that there are no cycles.
 */
export interface CircuitParts {
  /** How features are given. */
  readonly featureType: FeatureType;
  /** One name per feature; the number of features is the number of names. */
  readonly featureNames: readonly string[];
  /** Bit i is 1 where feature `feature[i]` is greater than `threshold[i]`. */
  readonly bits: {readonly feature: Int32Array; readonly threshold: Float32Array};
  /** Gate ids in difflogic's order (`functional.GATE_NAMES`), and the signals that each gate reads. */
  readonly gates: {readonly id: Uint8Array; readonly a: Int32Array; readonly b: Int32Array};
  /** A score is (the number of its signals that are 1, plus `offset`) / `temperature`. */
  readonly scores: readonly Score[];
  /** Divides every score. */
  readonly temperature: number;
}

/** One output of a circuit. */
export interface Score {
  /** Its name, such as that of a class. */
  readonly name: string;
  /** The signals that it counts. */
  readonly signals: Int32Array;
  /** Ones that are counted whatever the inputs are. */
  readonly offset: number;
}

/**
 * A network of two-input logic gates from raw features to class scores.
 *
 * A feature becomes bits (`x > threshold`), gates combine them, and a score counts the ones of its signals:
 * `score = (offset + sum of bits) / temperature`, rounded to `float32`. It is immutable.
 *
 * @example
 * const network = tf.sequential();
 * network.add(layers.logicGateLayer({units: 8, inputShape: [4], seed: 1}));
 * network.add(layers.groupSum({groups: 2}));
 * const {circuit} = Circuit.fromModel(network).simplify();
 * const scores = circuit.evaluate([0, 1, 1, 0]); // Float32Array, [samples, 2]
 */
export class Circuit implements CircuitParts {
  /** How features are given. */
  readonly featureType: FeatureType;
  readonly featureNames: readonly string[];
  readonly bits: CircuitParts['bits'];
  readonly gates: CircuitParts['gates'];
  readonly scores: readonly Score[];
  /** Divides every score. */
  readonly temperature: number;

  /** @throws when the parts do not fit, naming field and value. */
  constructor(parts: CircuitParts) {
    if (typeof parts !== 'object' || parts === null) throw invalid('Circuit', 'parts', 'an object', parts);
    checkParts('Circuit', parts);
    this.featureType = parts.featureType;
    this.featureNames = parts.featureNames;
    this.bits = parts.bits;
    this.gates = parts.gates;
    this.scores = parts.scores;
    this.temperature = parts.temperature;
  }

  /**
   * The circuit of a trained model: every unit at the mode of its gates, as `predict` uses them with `evaluation: 'mode'`.
   *
   * @param model A `tf.sequential` of ThermometerEncoding (or inputs of 0 and 1), LogicGateLayers and GroupSum, with
   *   Flatten, Reshape and Dropout anywhere between them.
   * @throws when the model holds anything else, naming the layer; on the WebGPU backend, which cannot read weights
   *   synchronously (use `fromModelAsync`).
   */
  static fromModel(model: LayersModel, args?: FromModelArgs): Circuit {
    return new Circuit(circuitFromModel(model, args));
  }

  /** `fromModel` for every backend: reads the weights asynchronously. */
  static async fromModelAsync(model: LayersModel, args?: FromModelArgs): Promise<Circuit> {
    return new Circuit(await circuitFromModelAsync(model, args));
  }

  /**
   * Reads the JSON format that `toJSON` writes.
   *
   * @param json The text, or what `JSON.parse` made of it.
   * @throws when a field is missing, unknown, out of range or too long, naming it.
   */
  static fromJSON(json: unknown): Circuit {
    return new Circuit(circuitFromJson(json));
  }

  /** Number of features of a sample. */
  get features(): number {
    return this.featureNames.length;
  }

  /** The versioned JSON format; see `docs/guide/circuits.md`. `JSON.stringify(circuit)` calls this. */
  toJSON(): object {
    return circuitToJson(this);
  }

  /** Number of gates, depth and how often each gate occurs. */
  statistics(): CircuitStatistics {
    return statistics(this);
  }

  /**
   * An equivalent circuit with fewer gates: constants, wires and inverters folded into their readers, equal gates
   * merged, gates that no score reads removed, until nothing changes.
   *
   * @returns The new circuit, and gates, depth and histogram before and after.
   */
  simplify(): {circuit: Circuit; report: SimplifyReport} {
    const {parts, report} = simplifyParts(this);
    const circuit = parts === this ? this : new Circuit(parts);
    markSimplified(circuit);
    return {circuit, report};
  }

  /**
   * The circuit for features given as bytes: byte b stands for the number `b / divisor`, rounded to `float32`.
   *
   * @param args `divisor`: 255 for pixels that the model saw as 0 to 1, 1 for bits.
   */
  forBytes(args: {divisor: number}): Circuit {
    checkOptions('Circuit.forBytes', args, ['divisor']);
    return new Circuit(forBytes(this, args?.divisor));
  }

  /**
   * Computes scores in plain JavaScript, 32 samples per word.
   *
   * @param batch Features, `[samples, features]` in row-major order: a typed array, or an array of numbers.
   * @returns Scores, `[samples, scores]`.
   * @throws when the length is not a multiple of the number of features, a value does not fit the feature type, or a
   *   feature that the circuit reads is NaN.
   */
  evaluate(batch: Samples): Float32Array {
    return evaluateCircuit(this, batch);
  }

  /**
   * Compiles the circuit, simplified, to a WebAssembly module in this process: no compiler, no download.
   *
   * Compiling again gives the same module.
   *
   * @throws when the module's memory would not fit 2 GiB.
   */
  compile(args?: CompileArgs): Promise<CompiledCircuit> {
    return compileCircuit(this, args);
  }

  /**
   * The circuit, simplified, as one file of C99: packing, gates on words of 64 bits, and scores. It compiles without
   * warnings, in functions of some hundred gates.
   *
   * @throws when the name is not an identifier.
   */
  toC(args?: ToCArgs): string {
    return circuitToC(this, args);
  }

  /**
   * The circuit, simplified, as a synthesizable module of Verilog, combinational: input bits (or, for a circuit of
   * bytes, the features) in, each score's count out.
   *
   * @param args With `testBench`, a self-checking test bench of these samples follows.
   * @throws when the name is not an identifier, or the samples do not fit.
   */
  toVerilog(args?: ToVerilogArgs): string {
    return circuitToVerilog(this, args);
  }

  /**
   * A diagram of a small circuit for Graphviz.
   *
   * @throws when it has more than 2,000 bits and gates.
   */
  toDot(): string {
    return circuitToDot(this);
  }

  /**
   * A diagram of a small circuit as SVG.
   *
   * @throws when it has more than 2,000 bits and gates.
   */
  toSvg(): string {
    return circuitToSvg(this);
  }

  /**
   * What a score depends on, with its truth table.
   *
   * @param score Its name or number.
   * @throws when there is no such score, or it depends on more than 12 input bits.
   */
  explain(score: string | number): Explanation {
    return explainScore(this, score);
  }
}
