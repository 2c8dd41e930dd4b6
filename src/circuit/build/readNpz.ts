import {unzipSync} from 'fflate';
import {invalid} from '../../functional/validate.js';

/** An array of numbers as NumPy saved it. */
export interface NpyArray {
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: ArrayLike<number>;
}

/** Bytes of all arrays together, unpacked. */
const MOST_BYTES = 2 ** 28;

const MAGIC = '\x93NUMPY';

/** How NumPy calls the types of numbers that are read, and what they become. */
const TYPES: Readonly<Record<string, (bytes: ArrayBuffer) => ArrayLike<number>>> = {
  '|b1': (bytes) => new Uint8Array(bytes),
  '|u1': (bytes) => new Uint8Array(bytes),
  '|i1': (bytes) => new Int8Array(bytes),
  '<i2': (bytes) => new Int16Array(bytes),
  '<u2': (bytes) => new Uint16Array(bytes),
  '<i4': (bytes) => new Int32Array(bytes),
  '<u4': (bytes) => new Uint32Array(bytes),
  '<i8': (bytes) => Float64Array.from(new BigInt64Array(bytes), Number),
  '<u8': (bytes) => Float64Array.from(new BigUint64Array(bytes), Number),
  '<f4': (bytes) => new Float32Array(bytes),
  '<f8': (bytes) => new Float64Array(bytes),
};

/** The arrays of a `.npz` file, by name. @throws when it is not a `.npz` file, is too large, or holds anything but numbers in C order. */
export function readNpz(owner: string, bytes: Uint8Array): Map<string, NpyArray> {
  let total = 0;
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes, {
      filter({originalSize}) {
        total += originalSize;
        if (total > MOST_BYTES) throw new Error(`more than ${MOST_BYTES} bytes when unpacked`);
        return true;
      },
    });
  } catch (error) {
    throw invalid(
      owner,
      'source',
      `a whole .npz file (${(error as Error).message})`,
      `${bytes.length} bytes`,
    );
  }
  return new Map(
    Object.entries(files).map(([file, contents]) => {
      const name = file.replace(/\.npy$/, '');
      return [name, readNpy(owner, name, contents)];
    }),
  );
}

function readNpy(owner: string, name: string, bytes: Uint8Array): NpyArray {
  const latin = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
  const field = `source, array '${name}'`;
  if (bytes.length < 12 || latin(0, 6) !== MAGIC)
    throw invalid(owner, field, 'an array of NumPy', latin(0, 6));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [size, start] = bytes[6] === 1 ? [view.getUint16(8, true), 10] : [view.getUint32(8, true), 12];
  const header = size <= 10_000 ? latin(start, start + size) : '';
  const [, type] = /'descr':\s*'([^']*)'/.exec(header) ?? [];
  const [, order] = /'fortran_order':\s*(True|False)/.exec(header) ?? [];
  const [, extents] = /'shape':\s*\(([\d,\s]*)\)/.exec(header) ?? [];
  const read = type !== undefined && Object.hasOwn(TYPES, type) ? TYPES[type]! : undefined;
  if (read === undefined || order !== 'False' || extents === undefined) {
    const requirement = `of numbers in C order, of a type among ${Object.keys(TYPES).join(', ')}`;
    throw invalid(owner, field, requirement, header.trim().slice(0, 200));
  }
  const shape = extents.split(',').flatMap((text) => (text.trim() === '' ? [] : [Number(text)]));
  const count = shape.reduce((product, length) => product * length, 1);
  const itemBytes = Number(type!.slice(2));
  const end = start + size + count * itemBytes;
  if (!(end <= bytes.length)) throw invalid(owner, field, `${end} bytes long`, bytes.length);
  return {shape, values: read(bytes.slice(start + size, end).buffer as ArrayBuffer)};
}
