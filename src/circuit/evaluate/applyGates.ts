import type {CircuitParts} from '../Circuit.js';

/**
 * Evaluates all gates on packed samples, a bit each.
 *
 * @param signals `[signals][words]`; the input bits are read, the gates written.
 */
export function applyGates({bits, gates}: CircuitParts, signals: Int32Array, words: number): void {
  const {id, a, b} = gates;
  let out = bits.feature.length * words;
  for (let gate = 0; gate < id.length; gate++) {
    let p = a[gate]! * words;
    let q = b[gate]! * words;
    const end = out + words;
    switch (id[gate]) {
      case 0:
        while (out < end) signals[out++] = 0;
        break;
      case 1:
        while (out < end) signals[out++] = signals[p++]! & signals[q++]!;
        break;
      case 2:
        while (out < end) signals[out++] = signals[p++]! & ~signals[q++]!;
        break;
      case 3:
        while (out < end) signals[out++] = signals[p++]!;
        break;
      case 4:
        while (out < end) signals[out++] = ~signals[p++]! & signals[q++]!;
        break;
      case 5:
        while (out < end) signals[out++] = signals[q++]!;
        break;
      case 6:
        while (out < end) signals[out++] = signals[p++]! ^ signals[q++]!;
        break;
      case 7:
        while (out < end) signals[out++] = signals[p++]! | signals[q++]!;
        break;
      case 8:
        while (out < end) signals[out++] = ~(signals[p++]! | signals[q++]!);
        break;
      case 9:
        while (out < end) signals[out++] = ~(signals[p++]! ^ signals[q++]!);
        break;
      case 10:
        while (out < end) signals[out++] = ~signals[q++]!;
        break;
      case 11:
        while (out < end) signals[out++] = signals[p++]! | ~signals[q++]!;
        break;
      case 12:
        while (out < end) signals[out++] = ~signals[p++]!;
        break;
      case 13:
        while (out < end) signals[out++] = ~signals[p++]! | signals[q++]!;
        break;
      case 14:
        while (out < end) signals[out++] = ~(signals[p++]! & signals[q++]!);
        break;
      default:
        while (out < end) signals[out++] = -1;
    }
  }
}
