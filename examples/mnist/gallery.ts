import type {Target} from './data/batches.js';
import type {Pictures} from './data/datasets.js';

/** Pictures to show one above the other, with a line of text. */
export interface Exhibit {
  /** Addresses that hold the picture themselves. */
  readonly images: readonly string[];
  readonly caption: string;
}

export interface Gallery {
  readonly title: string;
  readonly exhibits: readonly Exhibit[];
}

/**
 * Shows what a model made of test pictures: those that a classifier got wrong, or what an autoencoder gave
 * back.
 *
 * @param predicted `[count, outputs]` for the first `count` pictures.
 */
export function gallery(target: Target, pictures: Pictures, predicted: Float32Array, count: number): Gallery {
  const outputs = predicted.length / count;
  const row = (place: number) => predicted.subarray(place * outputs, (place + 1) * outputs);
  const places = Array.from({length: count}, (_, place) => place);
  const image = (grey: ArrayLike<number>) => bitmap(grey, pictures.height, pictures.width);
  if (target === 'pictures') {
    const exhibits = places.slice(0, 14).map((place) => ({
      images: [image(pixelsOf(pictures, place)), image(row(place).map((grey) => Math.round(255 * grey)))],
      caption: '',
    }));
    return {title: 'Test pictures and what the code keeps of them', exhibits};
  }
  const mistakes = places
    .map((place) => ({place, is: pictures.labels[place]!, said: row(place).indexOf(Math.max(...row(place)))}))
    .filter(({is, said}) => is !== said);
  const exhibits = mistakes.slice(0, 21).map(({place, is, said}) => ({
    images: [image(pixelsOf(pictures, place))],
    caption: `${is} as ${said}`,
  }));
  return {title: `Mistakes: ${mistakes.length} of ${count} test pictures`, exhibits};
}

function pixelsOf({pixels, height, width}: Pictures, place: number): Uint8Array {
  const size = height * width;
  return pixels.subarray(place * size, (place + 1) * size);
}

const HEADERS = 54;
const PALETTE = 4 * 256;

/** A grey picture as a Windows bitmap, the one format that takes a few lines to write. */
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
