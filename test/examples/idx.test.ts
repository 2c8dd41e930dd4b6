import {describe, expect, it} from 'vitest';
import {parseIdx} from '../../examples/mnist/data/idx.js';

/** An IDX file with the given sizes and as many values as `length`. */
function idx(sizes: number[], length: number, type = 0x08): Uint8Array {
  const header = [0, 0, type, sizes.length, ...sizes.flatMap((size) => [0, 0, size >> 8, size & 255])];
  return Uint8Array.from([...header, ...Array.from({length}, (_, i) => i)]);
}

describe('parseIdx', () => {
  it('reads images and labels', () => {
    expect(parseIdx(idx([2, 1, 3], 6), 'images', 3)).toEqual({
      shape: [2, 1, 3],
      values: Uint8Array.from([0, 1, 2, 3, 4, 5]),
    });
    expect(parseIdx(idx([300], 300), 'labels', 1).shape).toEqual([300]);
  });

  it.each([
    [
      'a header cut short',
      idx([2, 1, 3], 6).subarray(0, 15),
      'images: `header` must be 16 bytes long, got 15.',
    ],
    ['an empty file', new Uint8Array(0), 'images: `header` must be 16 bytes long, got 0.'],
    [
      'labels instead of images',
      idx([20], 20),
      'images: `magic` must be 0x00000803 (unsigned bytes, 3 dimensions), got 0x00000801.',
    ],
    [
      'floats instead of bytes',
      idx([2, 1, 3], 6, 0x0d),
      'images: `magic` must be 0x00000803 (unsigned bytes, 3 dimensions), got 0x00000d03.',
    ],
    ['no images', idx([0, 28, 28], 0), 'images: `size of dimension 0` must be >= 1, got 0.'],
    [
      'values cut short',
      idx([2, 1, 3], 5),
      'images: `values` must be 2 x 1 x 3 = 6 bytes, got 5 (cut short?).',
    ],
    ['values too many', idx([2, 1, 3], 7), 'images: `values` must be 2 x 1 x 3 = 6 bytes, got 7.'],
  ])('rejects %s', (_, bytes, message) => {
    expect(() => parseIdx(bytes, 'images', 3)).toThrow(new Error(message));
  });

  it('reads a file that lies inside a larger buffer', () => {
    const file = idx([3], 3);
    const larger = new Uint8Array(file.length + 5);
    larger.set(file, 5);
    expect([...parseIdx(larger.subarray(5), 'labels', 1).values]).toEqual([0, 1, 2]);
  });
});
