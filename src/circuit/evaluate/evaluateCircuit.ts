import type {CircuitParts} from '../Circuit.js';
import {applyGates} from './applyGates.js';
import {assertNumericFeatures, readSamples, type Samples} from './readSamples.js';

/** 32-bit words per signal: this many times 32 samples go through the gates at a time. */
const WORDS = 16;
const BLOCK = 32 * WORDS;

/** Scores in plain JavaScript, 32 samples per word. @see Circuit.evaluate */
export function evaluateCircuit(circuit: CircuitParts, batch: Samples): Float32Array {
  const owner = 'Circuit.evaluate';
  const {values, count} = readSamples(owner, circuit, batch);
  assertNumericFeatures(owner, circuit, values, count);
  const {bits, gates, scores} = circuit;
  const signals = new Int32Array((bits.feature.length + gates.id.length) * WORDS);
  const out = new Float32Array(count * scores.length);
  for (let start = 0; start < count; start += BLOCK) {
    const samples = Math.min(BLOCK, count - start);
    packBits(circuit, values, start, samples, signals);
    applyGates(circuit, signals, WORDS);
    for (let score = 0; score < scores.length; score++) {
      writeScore(circuit, score, signals, out, start, samples);
    }
  }
  return out;
}

function packBits(
  {bits, featureNames}: CircuitParts,
  values: Float32Array | Uint8Array,
  start: number,
  samples: number,
  signals: Int32Array,
): void {
  const features = featureNames.length;
  for (let bit = 0; bit < bits.feature.length; bit++) {
    const threshold = bits.threshold[bit]!;
    let at = start * features + bits.feature[bit]!;
    for (let first = 0, word = bit * WORDS; first < samples; first += 32, word++) {
      const end = Math.min(32, samples - first);
      let packed = 0;
      for (let i = 0; i < end; i++, at += features) {
        if (values[at]! > threshold) packed |= 1 << i;
      }
      signals[word] = packed;
    }
  }
}

/** Counts ones with bit-sliced adders: word k of `counters` holds bit k of 32 samples' counts. */
function writeScore(
  {scores, temperature}: CircuitParts,
  index: number,
  signals: Int32Array,
  out: Float32Array,
  start: number,
  samples: number,
): void {
  const {signals: counted, offset} = scores[index]!;
  const counters = new Int32Array(32 - Math.clz32(counted.length + 1));
  const divisor = Math.fround(temperature);
  for (let first = 0, word = 0; first < samples; first += 32, word++) {
    counters.fill(0);
    for (let i = 0; i < counted.length; i++) {
      let carry = signals[counted[i]! * WORDS + word]!;
      for (let k = 0; carry !== 0; k++) {
        const old = counters[k]!;
        counters[k] = old ^ carry;
        carry &= old;
      }
    }
    const end = Math.min(32, samples - first);
    for (let i = 0; i < end; i++) {
      let count = offset;
      for (let k = 0; k < counters.length; k++) count += ((counters[k]! >>> i) & 1) << k;
      out[(start + first + i) * scores.length + index] = count / divisor;
    }
  }
}
