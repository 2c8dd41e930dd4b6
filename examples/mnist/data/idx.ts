/** What an IDX file of unsigned bytes holds. */
export interface Idx {
  /** Sizes from the header: `[count]` for labels, `[count, height, width]` for images. */
  readonly shape: readonly number[];
  /** All values, the last axis fastest. */
  readonly values: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;

/**
 * Reads an IDX file: two zero bytes, the type, the number of dimensions, their sizes (big-endian), the values.
 *
 * @param file Name to show in errors.
 * @param dimensions 1 for labels, 3 for images.
 * @throws an error that names the file and the field when the header or the length is not as it must be.
 * @see https://yann.lecun.org/exdb/mnist/index.html, "The IDX file format".
 */
export function parseIdx(bytes: Uint8Array, file: string, dimensions: 1 | 3): Idx {
  const header = 4 + 4 * dimensions;
  if (bytes.length < header) {
    throw new Error(`${file}: \`header\` must be ${header} bytes long, got ${bytes.length}.`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const expected = (UNSIGNED_BYTE << 8) | dimensions;
  const magic = view.getUint32(0);
  if (magic !== expected) {
    throw new Error(
      `${file}: \`magic\` must be ${hex(expected)} (unsigned bytes, ${dimensions} dimensions), got ${hex(magic)}.`,
    );
  }
  const shape = Array.from({length: dimensions}, (_, axis) => view.getUint32(4 + 4 * axis));
  shape.forEach((size, axis) => {
    if (size < 1) throw new Error(`${file}: \`size of dimension ${axis}\` must be >= 1, got ${size}.`);
  });
  const count = shape.reduce((product, size) => product * size, 1);
  const values = bytes.subarray(header);
  if (values.length !== count) {
    throw new Error(
      `${file}: \`values\` must be ${shape.join(' x ')} = ${count} bytes, got ${values.length}` +
        `${values.length < count ? ' (cut short?)' : ''}.`,
    );
  }
  return {shape, values};
}

const hex = (magic: number) => `0x${magic.toString(16).padStart(8, '0')}`;
