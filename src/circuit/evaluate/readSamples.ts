import {invalid} from '../../functional/validate.js';
import type {CircuitParts} from '../Circuit.js';

/** Features of several samples, in row-major order. */
export type Samples =
  | Float32Array
  | Float64Array
  | Uint8Array
  | Uint8ClampedArray
  | Int32Array
  | readonly number[];

/** A batch in the circuit's own type of features. */
export interface ReadSamples {
  readonly values: Float32Array | Uint8Array;
  readonly count: number;
}

/** @throws when the batch is not a list of numbers, its length does not fit, or it is not of bytes and has to be. */
export function readSamples(owner: string, circuit: CircuitParts, batch: Samples): ReadSamples {
  const features = circuit.featureNames.length;
  if (!Array.isArray(batch) && !(ArrayBuffer.isView(batch) && !(batch instanceof DataView))) {
    throw invalid(owner, 'batch', 'a typed array, or an array of numbers', batch);
  }
  if (batch.length % features !== 0) {
    throw invalid(owner, 'batch', `of a length that ${features} (the features) divides`, batch.length);
  }
  const values = circuit.featureType === 'uint8' ? asBytes(owner, batch) : asFloats(owner, batch);
  return {values, count: batch.length / features};
}

function asFloats(owner: string, batch: Samples): Float32Array {
  if (batch instanceof Float32Array) return batch;
  checkNumbers(owner, batch);
  return Float32Array.from(batch);
}

function asBytes(owner: string, batch: Samples): Uint8Array {
  if (batch instanceof Uint8Array) return batch;
  if (batch instanceof Uint8ClampedArray) {
    return new Uint8Array(batch.buffer, batch.byteOffset, batch.length);
  }
  checkNumbers(owner, batch);
  for (let i = 0; i < batch.length; i++) {
    const value = batch[i]!;
    if (!(Number.isInteger(value) && value >= 0 && value <= 255)) {
      throw invalid(owner, `batch[${i}]`, 'a whole number from 0 to 255', value);
    }
  }
  return Uint8Array.from(batch);
}

function checkNumbers(owner: string, batch: Samples): void {
  if (!Array.isArray(batch)) return;
  for (let i = 0; i < batch.length; i++) {
    if (typeof batch[i] !== 'number') throw invalid(owner, `batch[${i}]`, 'a number', batch[i]);
  }
}

/** @throws naming the first NaN among the features that the circuit reads, if there is one. */
export function assertNumericFeatures(
  owner: string,
  circuit: CircuitParts,
  values: Float32Array | Uint8Array,
  count: number,
): void {
  const features = circuit.featureNames.length;
  for (let sample = 0; sample < count; sample++) {
    for (const feature of circuit.bits.feature) {
      if (Number.isNaN(values[sample * features + feature]!)) {
        throw invalid(owner, `batch[${sample * features + feature}]`, 'a number', Number.NaN);
      }
    }
  }
}
