import {checkOptions} from '../../functional/checkOptions.js';
import {integer, invalid, wholeNumber} from '../../functional/validate.js';
import type {CircuitParts} from '../Circuit.js';
import {applyGates} from '../evaluate/applyGates.js';

/** Arguments of `checkEquivalence`. */
export interface EquivalenceArgs {
  /** Random vectors, where there are too many to try all. Default 2^20. */
  readonly vectors?: number;
  /** Default 1. */
  readonly seed?: number;
}

/** What `checkEquivalence` found. */
export interface Equivalence {
  /** Whether all scores were equal on every vector that was tried. */
  readonly equal: boolean;
  /** Whether every vector that makes a difference was tried: then `equal` is a proof. */
  readonly exhaustive: boolean;
  /** How many inputs were compared. */
  readonly vectors: number;
  /** Where they differ: a sample, and the score that two circuits give differently. */
  readonly counterexample?: {readonly features: Float32Array; readonly score: number};
}

/** Words of 32 vectors that are evaluated at a time. */
const WORDS = 64;
const BLOCK = 32 * WORDS;
/** All combinations of up to 20 bits are tried. */
const MOST = 2 ** 20;

/**
 * Compares two circuits score by score.
 *
 * A feature only matters by how many of the thresholds, of both circuits together, it exceeds. Where the product of these
 * levels over all features is at most 2^20 (20 features with a threshold each), every combination is tried, which proves
 * equality; otherwise as many random ones as asked for.
 *
 * @throws when the circuits have different features, numbers of scores or temperatures.
 * @example
 * const network = tf.sequential();
 * network.add(layers.logicGateLayer({units: 8, inputShape: [4], seed: 1}));
 * network.add(layers.groupSum({groups: 2}));
 * const circuit = Circuit.fromModel(network);
 * const {equal, exhaustive} = checkEquivalence(circuit, circuit.simplify().circuit);
 */
export function checkEquivalence(
  one: CircuitParts,
  other: CircuitParts,
  args: EquivalenceArgs = {},
): Equivalence {
  const owner = 'checkEquivalence';
  checkOptions(owner, args, ['vectors', 'seed']);
  const {vectors = 2 ** 20, seed = 1} = args;
  integer(owner, 'seed', seed);
  wholeNumber(owner, 'vectors', vectors, 1);
  for (const [field, circuit] of Object.entries({one, other})) {
    if (!Array.isArray(circuit?.featureNames)) throw invalid(owner, field, 'a circuit', circuit);
  }
  const features = one.featureNames.length;
  if (other.featureNames.length !== features || other.featureType !== one.featureType) {
    const requirement = `of ${features} ${one.featureType} features, like the first circuit`;
    throw invalid(owner, 'circuit', requirement, `${other.featureNames.length} ${other.featureType}`);
  }
  if (Math.fround(other.temperature) !== Math.fround(one.temperature)) {
    throw invalid(
      owner,
      'circuit',
      `of temperature ${one.temperature}, like the first circuit`,
      other.temperature,
    );
  }
  if (other.scores.length !== one.scores.length) {
    throw invalid(
      owner,
      'circuit',
      `of ${one.scores.length} scores, like the first circuit`,
      other.scores.length,
    );
  }
  const used = usedFeatures(one, other);
  const combinations = used.reduce((product, {thresholds}) => product * (thresholds.length + 1), 1);
  const exhaustive = combinations <= MOST;
  const total = exhaustive ? combinations : vectors;
  const sides = [new Side(one, used), new Side(other, used)] as const;
  const random = xorshift(seed);
  for (let start = 0; start < total; start += BLOCK) {
    const count = Math.min(BLOCK, total - start);
    if (exhaustive) enumerate(used, start, count);
    else for (const feature of used) randomize(feature, random);
    for (const side of sides) side.evaluate();
    const found = sides[0].difference(sides[1], count);
    if (found === undefined) continue;
    const values = new Float32Array(features);
    for (const {feature, thresholds, words} of used) {
      let level = 0;
      while (level < thresholds.length && bitOf(words, level, found.vector)) level++;
      values[feature] = numberAt(thresholds, level, one.featureType);
    }
    return {
      equal: false,
      exhaustive,
      vectors: start + count,
      counterexample: {features: values, score: found.score},
    };
  }
  return {equal: true, exhaustive, vectors: total};
}

/** A feature that a circuit reads, its thresholds in rising order, and for each whether the vectors exceed it. */
interface UsedFeature {
  readonly feature: number;
  readonly thresholds: readonly number[];
  /** `[thresholds][WORDS]` */
  readonly words: Int32Array;
}

/** Thresholds between two whole numbers are the same for bytes; those that all bytes exceed, or none, make no bit. */
function thresholdOf({featureType}: CircuitParts, threshold: number): number {
  if (featureType === 'float32') return threshold;
  return threshold < 0 ? -1 : threshold >= 255 ? 255 : Math.floor(threshold);
}

function usedFeatures(...circuits: readonly CircuitParts[]): UsedFeature[] {
  const found = new Map<number, Set<number>>();
  for (const circuit of circuits) {
    circuit.bits.feature.forEach((feature, i) => {
      const threshold = thresholdOf(circuit, circuit.bits.threshold[i]!);
      if (circuit.featureType === 'uint8' && (threshold < 0 || threshold === 255)) return;
      const ofFeature = found.get(feature) ?? new Set<number>();
      found.set(feature, ofFeature.add(threshold));
    });
  }
  return Array.from(found, ([feature, thresholds]) => ({
    feature,
    thresholds: [...thresholds].sort((a, b) => a - b),
    words: new Int32Array(thresholds.size * WORDS),
  }));
}

/** Vector number v's levels are the digits of v. */
function enumerate(used: readonly UsedFeature[], start: number, count: number): void {
  let weight = 1;
  for (const {thresholds, words} of used) {
    const size = thresholds.length + 1;
    words.fill(0);
    for (let i = 0; i < count; i++) setLevel(words, i, Math.floor((start + i) / weight) % size);
    weight *= size;
  }
}

/** Each level is as probable as the others. */
function randomize({thresholds, words}: UsedFeature, random: () => number): void {
  if (thresholds.length === 1) {
    for (let word = 0; word < WORDS; word++) words[word] = random();
    return;
  }
  words.fill(0);
  for (let i = 0; i < BLOCK; i++) setLevel(words, i, (random() >>> 0) % (thresholds.length + 1));
}

function setLevel(words: Int32Array, vector: number, level: number): void {
  const mask = 1 << (vector & 31);
  for (let k = 0, word = vector >> 5; k < level; k++, word += WORDS) words[word]! |= mask;
}

function bitOf(words: Int32Array, row: number, vector: number): boolean {
  return ((words[row * WORDS + (vector >> 5)]! >>> (vector & 31)) & 1) === 1;
}

/** A number that exceeds `level` of the thresholds. */
function numberAt(thresholds: readonly number[], level: number, type: CircuitParts['featureType']): number {
  if (level === 0) return thresholds[0]!;
  if (level < thresholds.length) return thresholds[level]!;
  if (type === 'uint8') return thresholds[level - 1]! + 1;
  const last = thresholds[level - 1]!;
  return Math.max(last + 1, Math.fround(last + Math.abs(last) * 2 ** -20));
}

/** @returns Whole numbers of 32 bits, never 0. */
function xorshift(seed: number): () => number {
  let state = Math.imul(seed | 0, 0x9e3779b1) ^ 0x2545f491 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state;
  };
}

/** One of the circuits compared, with its signals for a block of vectors. */
class Side {
  private readonly signals: Int32Array;
  /** Where each bit's words come from; undefined where it is the same for all vectors, as `signals` then has it. */
  private readonly sources: (Int32Array | undefined)[];
  private readonly counters = new Int32Array(25 * WORDS);

  constructor(
    private readonly circuit: CircuitParts,
    used: readonly UsedFeature[],
  ) {
    const {bits, gates} = circuit;
    this.signals = new Int32Array((bits.feature.length + gates.id.length) * WORDS);
    const byFeature = new Map(used.map((one) => [one.feature, one]));
    this.sources = Array.from(bits.feature, (feature, i) => {
      const threshold = thresholdOf(circuit, bits.threshold[i]!);
      const one = byFeature.get(feature);
      const row = one?.thresholds.indexOf(threshold) ?? -1;
      if (row >= 0) return one!.words.subarray(row * WORDS, (row + 1) * WORDS);
      this.signals.fill(threshold < 0 ? -1 : 0, i * WORDS, (i + 1) * WORDS);
      return undefined;
    });
  }

  evaluate(): void {
    this.sources.forEach((words, bit) => {
      if (words !== undefined) this.signals.set(words, bit * WORDS);
    });
    applyGates(this.circuit, this.signals, WORDS);
  }

  /** The first vector of the block for which a score is not the same. */
  difference(other: Side, count: number): {vector: number; score: number} | undefined {
    for (let score = 0; score < this.circuit.scores.length; score++) {
      this.count(score);
      other.count(score);
      for (let vector = 0; vector < count; vector += 32) {
        let differ = 0;
        for (let at = vector >> 5; at < this.counters.length; at += WORDS) {
          differ |= this.counters[at]! ^ other.counters[at]!;
        }
        if (count - vector < 32) differ &= (1 << (count - vector)) - 1;
        if (differ !== 0) return {vector: vector + 31 - Math.clz32(differ & -differ), score};
      }
    }
    return undefined;
  }

  /** Counts a score's ones, bit k of the count in row k. */
  private count(score: number): void {
    const {signals, offset} = this.circuit.scores[score]!;
    const {counters} = this;
    for (let k = 0; k < 25; k++) counters.fill(-((offset >> k) & 1), k * WORDS, (k + 1) * WORDS);
    for (const signal of signals) {
      for (let word = 0; word < WORDS; word++) {
        let carry = this.signals[signal * WORDS + word]!;
        for (let at = word; carry !== 0; at += WORDS) {
          const old = counters[at]!;
          counters[at] = old ^ carry;
          carry &= old;
        }
      }
    }
  }
}
