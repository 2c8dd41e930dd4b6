import {inflateSync} from 'node:zlib';

/** An array of a Matlab file, the first axis fastest. */
export interface MatArray {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number> & {slice(from: number, to: number): ArrayLike<number>};
}

const HEADER = 128;
const COMPRESSED = 15;
const MATRIX = 14;

interface Element {
  readonly type: number;
  readonly data: Buffer;
  readonly next: number;
}

/**
 * Reads the numeric arrays of a Matlab file of version 5, little-endian.
 *
 * @see "MAT-File Format", The MathWorks, chapter 1: a tag of type and size, then the data, padded to 8 bytes.
 */
export function readMat(file: Buffer): Record<string, MatArray> {
  const arrays: Record<string, MatArray> = {};
  for (let at = HEADER; at < file.length; ) {
    const outer = elementAt(file, at);
    const {type, data} = outer.type === COMPRESSED ? elementAt(inflateSync(outer.data), 0) : outer;
    if (type === MATRIX) {
      const flags = elementAt(data, 0);
      const shape = elementAt(data, flags.next);
      const name = elementAt(data, shape.next);
      const values = elementAt(data, name.next);
      arrays[name.data.toString('latin1')] = {
        shape: Array.from({length: shape.data.length / 4}, (_, axis) => shape.data.readInt32LE(4 * axis)),
        values: numbersOf(values),
      };
    }
    at = outer.type === COMPRESSED ? at + 8 + outer.data.length : outer.next;
  }
  return arrays;
}

/** Up to four bytes share the tag's eight: then the size stands in its upper half. */
function elementAt(bytes: Buffer, at: number): Element {
  const [word, size] = [bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4)];
  const small = word >>> 16;
  if (small > 0) return {type: word & 0xffff, data: bytes.subarray(at + 4, at + 4 + small), next: at + 8};
  return {type: word, data: bytes.subarray(at + 8, at + 8 + size), next: at + 8 + Math.ceil(size / 8) * 8};
}

const NUMBERS: Record<number, [bytes: number, read: (data: Buffer, at: number) => number]> = {
  1: [1, (data, at) => data.readInt8(at)],
  3: [2, (data, at) => data.readInt16LE(at)],
  4: [2, (data, at) => data.readUInt16LE(at)],
  5: [4, (data, at) => data.readInt32LE(at)],
  6: [4, (data, at) => data.readUInt32LE(at)],
  7: [4, (data, at) => data.readFloatLE(at)],
  9: [8, (data, at) => data.readDoubleLE(at)],
};

function numbersOf({type, data}: Element): MatArray['values'] {
  if (type === 2) return data; // unsigned bytes
  const [width, read] = NUMBERS[type] ?? [];
  if (width === undefined) throw new Error(`Matlab file: \`type\` must be a number's, got ${type}.`);
  return Array.from({length: data.length / width}, (_, i) => read!(data, i * width));
}
