import {BinaryWriter, WireType} from '@bufbuild/protobuf/wire';

/*
 * Protocol buffer messages, field by field: a message is the concatenation of its fields.
 *
 * See https://protobuf.dev/programming-guides/encoding.
 */

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
export const integer = (field: number, value: number): Encoded =>
  begin(field, WireType.Varint).int64(value).finish();

/** A `double`. */
export const double = (field: number, value: number): Encoded =>
  begin(field, WireType.Bit64).double(value).finish();

/** A `float`; what is too large for one becomes an infinity. */
export const float = (field: number, value: number): Encoded =>
  begin(field, WireType.Bit32).float(Math.fround(value)).finish();

/** `bytes`, or a message within a message. */
export const bytes = (field: number, value: Uint8Array): Encoded =>
  begin(field, WireType.LengthDelimited).bytes(value).finish();

/** A `string`. */
export const string = (field: number, value: string): Encoded =>
  begin(field, WireType.LengthDelimited).string(value).finish();

const begin = (field: number, type: WireType) => new BinaryWriter().tag(field, type);
