import type {CircuitParts} from '../Circuit.js';
import {orderGates} from './orderGates.js';

/** Samples that a module takes at a time: a value is a bit of each, 64 bytes. */
export const BLOCK = 512;
const VALUE_BYTES = BLOCK / 8;
/** Neighbouring features that are packed together. */
const LANES = 16;

/** What a module's memory holds when it starts, and how large the memory has to be. */
export interface Program {
  readonly data: Uint8Array;
  readonly bytes: number;
  readonly values: number;
}

/** The words at address 0. @see assembly/program.ts */
const HEADER = {
  version: 0,
  features: 1,
  scores: 2,
  block: 3,
  bytesPerFeature: 4,
  input: 5,
  output: 6,
  planes: 7,
  planeTable: 8,
  runs: 9,
  runTable: 10,
  gateTable: 11,
  values: 12,
  sumTable: 13,
  temperature: 14,
  counterBits: 15,
  counters: 16,
  numberBytes: 17,
} as const;
const HEADER_BYTES = 128;

/** Lays a simplified circuit out as tables that `assembly` understands. */
export function layoutProgram(circuit: CircuitParts): Program {
  const {featureType, featureNames, scores, temperature} = circuit;
  const {runs, gates, slots, values} = orderGates(circuit);
  const short = values <= 65_536;
  const numberBytes = short ? 2 : 4;
  const bytesPerFeature = featureType === 'uint8' ? 1 : 4;
  const planes = layoutPlanes(circuit, slots);
  const largest = scores.reduce((most, {signals, offset}) => Math.max(most, signals.length + offset), 1);
  const counterBits = 32 - Math.clz32(largest);

  const writer = new Writer(HEADER_BYTES);
  const planeTable = writer.at;
  for (const {feature, numbers, thresholds} of planes) {
    writer.words([feature, ...numbers]);
    if (bytesPerFeature === 1) writer.bytes(thresholds.map((threshold) => Math.floor(threshold) + 1));
    else writer.floats(thresholds);
  }
  const runTable = writer.at;
  for (const {kind, count} of runs) writer.words([kind, count]);
  const gateTable = writer.at;
  writer.numbers(gates, short);
  writer.align(4);
  const sumTable = writer.at;
  for (const {signals, offset} of scores) {
    writer.words([signals.length, offset]);
    writer.numbers(signals.map((signal) => slots[signal]!).sort(), short);
    writer.align(4);
  }
  const data = writer.finish();

  let end = data.length;
  const room = (bytes: number) => {
    const at = Math.ceil(end / VALUE_BYTES) * VALUE_BYTES;
    end = at + bytes;
    return at;
  };
  const words: Record<keyof typeof HEADER, number> = {
    version: 1,
    features: featureNames.length,
    scores: scores.length,
    block: BLOCK,
    bytesPerFeature,
    planes: planes.length,
    planeTable,
    runs: runs.length,
    runTable,
    gateTable,
    sumTable,
    temperature: 0,
    counterBits,
    numberBytes,
    values: room(values * VALUE_BYTES),
    counters: room(Math.max(4, counterBits) * VALUE_BYTES),
    // The last plane may read beyond the last feature.
    input: room((BLOCK * featureNames.length + LANES) * bytesPerFeature),
    output: room(BLOCK * scores.length * 4),
  };
  const view = new DataView(data.buffer);
  for (const [name, index] of Object.entries(HEADER)) {
    view.setInt32(4 * index, words[name as keyof typeof HEADER], true);
  }
  view.setFloat32(4 * HEADER.temperature, temperature, true);
  return {data, bytes: end, values};
}

interface Plane {
  readonly feature: number;
  readonly numbers: number[];
  readonly thresholds: number[];
}

/** Puts input bits into as few planes as possible: sixteen neighbouring features with a threshold each. */
function layoutPlanes({bits, featureType}: CircuitParts, slots: Int32Array): Plane[] {
  const unused = featureType === 'uint8' ? 254 : Number.NaN;
  const blocks = new Map<number, Plane[]>();
  bits.feature.forEach((feature, bit) => {
    const block = Math.floor(feature / LANES);
    const lane = feature % LANES;
    const planes = blocks.get(block) ?? [];
    blocks.set(block, planes);
    let plane = planes.find(({numbers}) => numbers[lane] === 0);
    if (plane === undefined) {
      plane = {
        feature: block * LANES,
        numbers: new Array<number>(LANES).fill(0),
        thresholds: new Array<number>(LANES).fill(unused),
      };
      planes.push(plane);
    }
    plane.numbers[lane] = slots[bit]!;
    plane.thresholds[lane] = bits.threshold[bit]!;
  });
  return [...blocks.keys()].sort((a, b) => a - b).flatMap((block) => blocks.get(block)!);
}

/** Bytes that grow. */
class Writer {
  private buffer = new Uint8Array(2 ** 16);
  private view = new DataView(this.buffer.buffer);

  constructor(public at: number) {}

  words(values: readonly number[]): void {
    this.reserve(4 * values.length);
    for (const value of values) {
      this.view.setInt32(this.at, value, true);
      this.at += 4;
    }
  }

  floats(values: readonly number[]): void {
    this.reserve(4 * values.length);
    for (const value of values) {
      this.view.setFloat32(this.at, value, true);
      this.at += 4;
    }
  }

  bytes(values: readonly number[]): void {
    this.reserve(values.length);
    this.buffer.set(values, this.at);
    this.at += values.length;
  }

  numbers(values: Int32Array, short: boolean): void {
    const packed = new Uint8Array((short ? Uint16Array.from(values) : values).buffer);
    this.reserve(packed.length);
    this.buffer.set(packed, this.at);
    this.at += packed.length;
  }

  align(bytes: number): void {
    this.reserve(bytes);
    while (this.at % bytes !== 0) this.at++;
  }

  finish(): Uint8Array<ArrayBuffer> {
    return this.buffer.slice(0, this.at);
  }

  private reserve(bytes: number): void {
    if (this.at + bytes <= this.buffer.length) return;
    const larger = new Uint8Array(2 * (this.at + bytes));
    larger.set(this.buffer);
    this.buffer = larger;
    this.view = new DataView(larger.buffer);
  }
}
