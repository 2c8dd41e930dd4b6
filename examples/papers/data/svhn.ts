import {existsSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {download} from '../../mnist/data/download.js';
import {cacheFolder, verify} from './cache.js';
import type {ImageSet, Images} from './images.js';
import {readMat} from './mat.js';

const ADDRESS = 'http://ufldl.stanford.edu/housenumbers';
const FILES = {
  train: {file: 'train_32x32.mat', bytes: 182_040_794, md5: 'e26dedcc434d2e4c54c9b2d4a06d8373'},
  test: {file: 'test_32x32.mat', bytes: 64_275_384, md5: 'eb5a983be6a315427106f1b164d9cef3'},
} as const;

/**
 * Loads the street view house numbers, cropped digits, from the cache or their official address.
 *
 * @param limit At most so many of the first images, of the training and of the test set.
 */
export async function loadSvhn(limit = Number.POSITIVE_INFINITY): Promise<ImageSet> {
  const read = async ({file, bytes, md5}: (typeof FILES)['train' | 'test']): Promise<Images> => {
    const path = join(cacheFolder('svhn'), file);
    const source = {url: `${ADDRESS}/${file}`, bytes};
    const contents = existsSync(path)
      ? await readFile(path)
      : await download(source, path, (fetched) => verify(file, fetched, 'md5', md5));
    verify(path, contents, 'md5', md5);
    return svhnImages(contents, limit);
  };
  return {name: 'svhn', classes: 10, train: await read(FILES.train), test: await read(FILES.test)};
}

/** Matlab keeps `X` `[32, 32, 3, count]`, first axis fastest, and `y` 1 to 10, where 10 is the digit 0. */
export function svhnImages(file: Buffer, limit: number): Images {
  const {X, y} = readMat(file);
  const [height, width, channels, all] = X!.shape as [number, number, number, number];
  const count = Math.min(all, limit);
  const pixels = new Uint8Array(count * height * width * channels);
  let to = 0;
  for (let n = 0; n < count; n++) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        for (let channel = 0; channel < channels; channel++) {
          pixels[to++] = X!.values[((n * channels + channel) * width + column) * height + row]!;
        }
      }
    }
  }
  const labels = Uint8Array.from(y!.values.slice(0, count), (digit) => digit % 10);
  return {count, height, width, channels, pixels, labels};
}
