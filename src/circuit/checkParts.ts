import {invalid, oneOf, positive, wholeNumber} from '../functional/validate.js';
import type {CircuitParts} from './Circuit.js';
import {LIMITS} from './limits.js';

/** @throws when the parts do not make a circuit: each gate must read signals before it, all numbers be in range. */
export function checkParts(owner: string, parts: CircuitParts): void {
  const {featureType, featureNames, bits, gates, scores, temperature} = parts;
  oneOf(owner, 'featureType', featureType, ['float32', 'uint8']);
  checkNames(owner, 'featureNames', featureNames);
  atMost(owner, 'features', featureNames.length, 1, LIMITS.features);
  checkBits(owner, bits, featureNames.length);
  checkGates(owner, gates, bits.feature.length);
  const signals = bits.feature.length + gates.id.length;
  atMost(owner, 'scores', scores.length, 1, LIMITS.scores);
  checkNames(
    owner,
    'scores[].name',
    scores.map(({name}) => name),
  );
  let counted = 0;
  scores.forEach(({signals: read, offset}, i) => {
    checkIndices(owner, `scores[${i}].signals`, read, signals);
    wholeNumber(owner, `scores[${i}].offset`, offset, 0);
    atMost(owner, `scores[${i}], its signals and offset`, read.length + offset, 0, LIMITS.count);
    counted += read.length;
  });
  atMost(owner, 'scores[].signals, all together', counted, 0, LIMITS.counted);
  positive(owner, 'temperature', Math.fround(positive(owner, 'temperature', temperature)));
}

function checkBits(owner: string, {feature, threshold}: CircuitParts['bits'], features: number): void {
  atMost(owner, 'bits', feature.length, 0, LIMITS.bits);
  sameLength(owner, 'bits.threshold', threshold, feature.length);
  checkIndices(owner, 'bits.feature', feature, features);
  for (let i = 0; i < threshold.length; i++) {
    const value = threshold[i]!;
    if (!Number.isFinite(value)) {
      throw invalid(owner, `bits.threshold[${i}]`, 'a finite number in the range of float32', value);
    }
  }
}

function checkGates(owner: string, {id, a, b}: CircuitParts['gates'], bits: number): void {
  atMost(owner, 'gates', id.length, 0, LIMITS.gates);
  sameLength(owner, 'gates.a', a, id.length);
  sameLength(owner, 'gates.b', b, id.length);
  for (let i = 0; i < id.length; i++) {
    if (id[i]! > 15) throw invalid(owner, `gates.id[${i}]`, 'a whole number from 0 to 15', id[i]);
    for (const [field, input] of [
      ['a', a[i]!],
      ['b', b[i]!],
    ] as const) {
      if (input >= 0 && input < bits + i) continue;
      throw invalid(owner, `gates.${field}[${i}]`, `a signal before the gate's own (${bits + i})`, input);
    }
  }
}

function checkIndices(owner: string, field: string, indices: Int32Array, end: number): void {
  for (let i = 0; i < indices.length; i++) {
    if (indices[i]! >= 0 && indices[i]! < end) continue;
    throw invalid(owner, `${field}[${i}]`, `a whole number from 0 to ${end - 1}`, indices[i]);
  }
}

function checkNames(owner: string, field: string, names: readonly unknown[]): void {
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    if (typeof name === 'string' && name.length > 0 && name.length <= LIMITS.name) continue;
    throw invalid(owner, `${field}[${i}]`, `a string of 1 to ${LIMITS.name} characters`, name);
  }
}

function sameLength(owner: string, field: string, values: {length: number}, length: number): void {
  if (values.length !== length) throw invalid(owner, field, `of length ${length}`, values.length);
}

function atMost(owner: string, field: string, count: number, least: number, most: number): void {
  if (count >= least && count <= most) return;
  throw invalid(owner, field, `${least} to ${most} in number`, count);
}
