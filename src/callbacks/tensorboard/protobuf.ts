/*
 * Writes protocol buffer messages: a message is the concatenation of its fields, each a key (number and wire type) and a
 * value.
 *
 * See https://protobuf.dev/programming-guides/encoding.
 */

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** A message, or a field of one. */
export type Encoded = Uint8Array<ArrayBuffer>;

/** Joins fields to a message, or pieces to a whole. */
export function concat(...parts: readonly Uint8Array[]): Encoded {
  const whole = new Uint8Array(parts.reduce((size, {length}) => size + length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** A whole number from 0 to 2^53 - 1, of any integer type or an enumeration. */
export function integer(field: number, value: number): Encoded {
  return concat(varint(8 * field + VARINT), varint(value));
}

/** A truth value. */
export const bool = (field: number, value: boolean): Encoded => integer(field, Number(value));

/** A `double`. */
export function double(field: number, value: number): Encoded {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return concat(varint(8 * field + FIXED64), bytes);
}

/** A `float`. */
export function float(field: number, value: number): Encoded {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return concat(varint(8 * field + FIXED32), bytes);
}

/** `bytes`, or a message within a message. */
export function bytes(field: number, value: Uint8Array): Encoded {
  return concat(varint(8 * field + LENGTH_DELIMITED), varint(value.length), value);
}

/** A `string`. */
export const string = (field: number, value: string): Encoded =>
  bytes(field, new TextEncoder().encode(value));

/** Seven bits per byte, the lowest first; all but the last byte have the eighth bit set. */
function varint(value: number): Encoded {
  const digits: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) digits.push((rest % 128) + 128);
  digits.push(rest);
  return Uint8Array.from(digits);
}
