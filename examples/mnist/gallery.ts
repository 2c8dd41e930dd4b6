import type {Target} from './data/batches.js';
import type {GreyImages} from './data/datasets.js';

/** Images to show one above the other, with a line of text. */
export interface Exhibit {
  /** Addresses that hold the image themselves. */
  readonly images: readonly string[];
  readonly caption: string;
}

export interface Gallery {
  readonly title: string;
  readonly exhibits: readonly Exhibit[];
}

/**
 * Shows what a model made of test images: those that a classifier got wrong, or what an autoencoder gave
 * back.
 *
 * @param predicted `[count, outputs]` for the first `count` images.
 */
export function gallery(target: Target, images: GreyImages, predicted: Float32Array, count: number): Gallery {
  const outputs = predicted.length / count;
  const row = (index: number) => predicted.subarray(index * outputs, (index + 1) * outputs);
  const indices = Array.from({length: count}, (_, index) => index);
  const image = (grey: ArrayLike<number>) => bitmap(grey, images.height, images.width);
  if (target === 'images') {
    const exhibits = indices.slice(0, 14).map((index) => ({
      images: [image(pixelsOf(images, index)), image(row(index).map((grey) => Math.round(255 * grey)))],
      caption: '',
    }));
    return {title: 'Test images and what the code keeps of them', exhibits};
  }
  const mistakes = indices
    .map((index) => ({index, is: images.labels[index]!, said: row(index).indexOf(Math.max(...row(index)))}))
    .filter(({is, said}) => is !== said);
  const exhibits = mistakes.slice(0, 21).map(({index, is, said}) => ({
    images: [image(pixelsOf(images, index))],
    caption: `${is} as ${said}`,
  }));
  return {title: `Mistakes: ${mistakes.length} of ${count} test images`, exhibits};
}

function pixelsOf({pixels, height, width}: GreyImages, index: number): Uint8Array {
  const size = height * width;
  return pixels.subarray(index * size, (index + 1) * size);
}

const HEADERS = 54;
const PALETTE = 4 * 256;

/** A grey image as a Windows bitmap, the one format that takes a few lines to write. */
function bitmap(grey: ArrayLike<number>, height: number, width: number): string {
  const stride = Math.ceil(width / 4) * 4;
  const bytes = Buffer.alloc(HEADERS + PALETTE + stride * height);
  bytes.write('BM');
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(HEADERS + PALETTE, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(width, 18);
  bytes.writeInt32LE(height, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(8, 28);
  for (let level = 0; level < 256; level++)
    bytes.fill(255 - level, HEADERS + 4 * level, HEADERS + 4 * level + 3);
  for (let y = 0; y < height; y++) {
    const line = HEADERS + PALETTE + (height - 1 - y) * stride;
    for (let x = 0; x < width; x++) bytes[line + x] = grey[y * width + x]!;
  }
  return `data:image/bmp;base64,${bytes.toString('base64')}`;
}
