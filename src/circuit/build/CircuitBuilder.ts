import {invalid} from '../../functional/validate.js';
import type {CircuitParts, Score} from '../Circuit.js';
import {defaultName} from '../circuitJson.js';
import {LIMITS} from '../limits.js';

/** Names of what goes in and comes out. */
export interface CircuitNames {
  /** One name per feature. */
  readonly featureNames?: readonly string[] | undefined;
  /** One name per score. */
  readonly scoreNames?: readonly string[] | undefined;
}

/**
 * Builds a circuit layer by layer: keeps track of what each element of a sample's tensor is, in row-major order. Layers
 * work on the last axis, so that a tensor of more axes gets the same gates at every position.
 */
export class CircuitBuilder {
  private readonly features: number;
  /** What the tensor holds: features as they come, signals, or scores. */
  private holds: 'features' | 'signals' | 'scores' = 'features';
  private elements: Int32Array;
  private last: number;
  private readonly bits = {feature: [] as number[], threshold: [] as number[]};
  private readonly gates = {id: [] as number[], a: [] as number[], b: [] as number[]};
  private scores: Int32Array[] = [];
  private temperature = 1;

  /** @param shape A sample's, all axes known. */
  constructor(
    private readonly owner: string,
    shape: readonly number[],
  ) {
    this.features = shape.reduce((size, length) => size * length, 1);
    this.limit('features', this.features);
    this.last = shape.at(-1) ?? 1;
    this.elements = Int32Array.from({length: this.features}, (_, i) => i);
  }

  /** What the tensor holds so far. */
  get contents(): 'features' | 'signals' | 'scores' {
    return this.holds;
  }

  /** Only the last axis matters. */
  reshape(last: number): void {
    this.last = last;
  }

  /** Each feature becomes bits, one per threshold. @param thresholds `[last axis or 1, count]`. */
  binarize(thresholds: ArrayLike<number>, count: number): void {
    this.limit('bits', this.elements.length * count);
    const rows = thresholds.length / count;
    const signals = new Int32Array(this.elements.length * count);
    this.elements.forEach((feature, i) => {
      const row = rows === 1 ? 0 : i % this.last;
      for (let j = 0; j < count; j++) {
        signals[i * count + j] = this.bits.feature.push(feature) - 1;
        this.bits.threshold.push(thresholds[row * count + j]!);
      }
    });
    this.elements = signals;
    this.last *= count;
    this.holds = 'signals';
  }

  /** @param ids `[units]`. @param connections `[units, 2]`, positions on the last axis. */
  addGates(ids: ArrayLike<number>, connections: ArrayLike<number>): void {
    const units = ids.length;
    const positions = this.elements.length / this.last;
    this.limit('gates', this.gates.id.length + positions * units);
    const bits = this.bits.feature.length;
    const signals = new Int32Array(positions * units);
    for (let position = 0; position < positions; position++) {
      for (let unit = 0; unit < units; unit++) {
        const [a, b] = [connections[2 * unit]!, connections[2 * unit + 1]!];
        this.gates.a.push(this.elements[position * this.last + a]!);
        this.gates.b.push(this.elements[position * this.last + b]!);
        signals[position * units + unit] = bits + this.gates.id.push(ids[unit]!) - 1;
      }
    }
    this.elements = signals;
    this.last = units;
  }

  /** Sums neighbouring parts of the last axis. */
  groupSum(groups: number, temperature: number): void {
    const size = this.last / groups;
    const count = this.elements.length / size;
    this.scores = Array.from({length: count}, (_, i) => this.elements.slice(i * size, (i + 1) * size));
    this.temperature = temperature;
    this.holds = 'scores';
    this.elements = Int32Array.from({length: count}, (_, i) => i);
    this.last = groups;
  }

  /** The circuit; without GroupSum, each signal is a score. */
  finish({featureNames, scoreNames}: CircuitNames): CircuitParts {
    if (this.holds !== 'scores') this.groupSum(this.last, 1);
    const scores: Score[] = this.names('scoreNames', scoreNames, this.scores.length, defaultName.score).map(
      (name, i) => ({name, signals: this.scores[i]!, offset: 0}),
    );
    const {feature, threshold} = this.bits;
    const {id, a, b} = this.gates;
    return {
      featureType: 'float32',
      featureNames: this.names('featureNames', featureNames, this.features, defaultName.feature),
      bits: {feature: Int32Array.from(feature), threshold: Float32Array.from(threshold)},
      gates: {id: Uint8Array.from(id), a: Int32Array.from(a), b: Int32Array.from(b)},
      scores,
      temperature: this.temperature,
    };
  }

  private names(
    field: string,
    given: readonly string[] | undefined,
    length: number,
    name: (index: number) => string,
  ): readonly string[] {
    if (given === undefined) return Array.from({length}, (_, i) => name(i));
    if (Array.isArray(given) && given.length === length) return [...given];
    throw invalid(this.owner, field, `a list of ${length} names`, given);
  }

  private limit(what: 'features' | 'bits' | 'gates', count: number): void {
    if (count < 1 || count > LIMITS[what]) {
      throw invalid(this.owner, what, `1 to ${LIMITS[what]} in number`, count);
    }
  }
}
