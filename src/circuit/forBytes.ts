import {invalid, positive} from '../functional/validate.js';
import type {CircuitParts} from './Circuit.js';

/**
 * The same circuit for bytes: bit i is 1 where byte b fulfils `float32(b / divisor) > threshold[i]`.
 *
 * The new thresholds are whole numbers: -1 where every byte fulfils it, 255 where none does.
 *
 * @throws unless the circuit's features are numbers and the divisor is finite and > 0.
 */
export function forBytes(circuit: CircuitParts, divisor: number): CircuitParts {
  const owner = 'Circuit.forBytes';
  positive(owner, 'divisor', divisor);
  if (circuit.featureType === 'uint8') {
    throw invalid(owner, 'featureType', "'float32', for a circuit of bytes has its thresholds", 'uint8');
  }
  const numbers = Float32Array.from({length: 256}, (_, byte) => byte / divisor);
  const threshold = circuit.bits.threshold.map((value) => {
    const first = numbers.findIndex((number) => number > value);
    return first === -1 ? 255 : first - 1;
  });
  return {...circuit, featureType: 'uint8', bits: {feature: circuit.bits.feature, threshold}};
}
