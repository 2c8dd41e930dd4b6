import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {argMax, slice} from '@tensorflow/tfjs-core';
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest';
import {shuffledBatches, testBatches} from '../../examples/mnist/data/batches.js';
import {loadDataset} from '../../examples/mnist/data/datasets.js';
import {download} from '../../examples/mnist/data/download.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'datasets-'));
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, {recursive: true});
});

/** An IDX file; value i is i modulo `modulus`. */
function idx(sizes: number[], modulus = 256): Uint8Array {
  const length = sizes.reduce((product, size) => product * size, 1);
  const header = [0, 0, 8, sizes.length, ...sizes.flatMap((size) => [0, 0, size >> 8, size & 255])];
  return Uint8Array.from([...header, ...Array.from({length}, (_, i) => i % modulus)]);
}

/** Five training and three test images of 2 x 2 with labels 0, 1, 2, plain and packed. */
async function writeSmallDataset(): Promise<void> {
  await writeFile(join(folder, 'train-images-idx3-ubyte'), idx([5, 2, 2]));
  await writeFile(join(folder, 'train-labels.idx1-ubyte'), idx([5], 3));
  await writeFile(join(folder, 't10k-images-idx3-ubyte.gz'), gzipSync(idx([3, 2, 2])));
  await writeFile(join(folder, 't10k-labels-idx1-ubyte'), idx([3], 3));
}

describe('loadDataset', () => {
  it('reads MNIST, whose checksums are right', async () => {
    const {train, test, classes} = await loadDataset('mnist');
    expect([train.count, test.count, train.height, train.width, classes]).toEqual([60000, 10000, 28, 28, 10]);
    expect([...train.labels.subarray(0, 5)]).toEqual([5, 0, 4, 1, 9]);
  });

  it('reads a directory of files, plain or packed, and as many images as asked for', async () => {
    await writeSmallDataset();
    const all = await loadDataset(folder);
    expect([all.classes, all.train.count, all.test.count]).toEqual([3, 5, 3]);
    const some = await loadDataset(folder, 4);
    expect([some.train.count, some.train.pixels.length, some.test.count]).toEqual([4, 16, 3]);
  });

  it('names the file that is missing', async () => {
    await writeSmallDataset();
    await rm(join(folder, 't10k-labels-idx1-ubyte'));
    await expect(loadDataset(folder)).rejects.toThrow(
      `${join(folder, 't10k-labels-idx1-ubyte')}: no such file`,
    );
  });

  it('names the file whose gzip is damaged', async () => {
    await writeSmallDataset();
    const path = join(folder, 't10k-images-idx3-ubyte.gz');
    await writeFile(path, (await readFile(path)).subarray(0, 25));
    await expect(loadDataset(folder)).rejects.toThrow(`${path}: not a whole gzip file`);
  });

  it('names the file whose counts, sizes or labels do not fit the others', async () => {
    await writeSmallDataset();
    const labels = join(folder, 't10k-labels-idx1-ubyte');
    await writeFile(labels, idx([4], 3));
    await expect(loadDataset(folder)).rejects.toThrow(`${labels}: \`count\` must be 3`);
    await writeFile(
      labels,
      Uint8Array.from([...idx([2]), 9]).map((byte, i) => (i === 7 ? 3 : byte)),
    );
    await expect(loadDataset(folder)).rejects.toThrow(`${labels}: \`labels\` must be <= 2`);
    const images = join(folder, 't10k-images-idx3-ubyte.gz');
    await writeFile(images, gzipSync(idx([3, 2, 3])));
    await expect(loadDataset(folder)).rejects.toThrow(`${images}: \`image size\` must be 2 x 2`);
  });
});

describe('download', () => {
  it('leaves no file behind when the check fails or the server does not answer', async () => {
    const path = join(folder, 'file');
    const page = {url: 'data:text/plain,other', bytes: 5};
    const reject = () => {
      throw new Error('not the file');
    };
    await expect(download(page, path, reject)).rejects.toThrow('not the file');
    const nobody = {url: 'http://127.0.0.1:9/x.gz', bytes: 5};
    await expect(download(nobody, path, () => {})).rejects.toThrow('Cannot fetch http://127.0.0.1:9/x.gz');
    await expect(readFile(path)).rejects.toThrow('ENOENT');
    await download(page, path, () => {});
    expect(await readFile(path, 'utf8')).toBe('other');
  });

  it('says first what it downloads and how large that is, and shows the progress', async () => {
    const printed: string[] = [];
    const keep = (text: unknown) => Boolean(printed.push(String(text)));
    vi.spyOn(console, 'error').mockImplementation(keep);
    vi.spyOn(process.stderr, 'write').mockImplementation(keep);
    const url = `data:application/octet-stream,${'x'.repeat(250_000)}`;
    await download({url, bytes: 250_000}, join(folder, 'file'), () => {});
    expect(printed[0]).toBe(`Downloading ${url} (250 kB) to ${join(folder, 'file')}`);
    expect(printed.slice(1).join('')).toContain('250 kB of 250 kB');
  });
});

describe('batches', () => {
  it('visits every training image once per epoch, each with its label', async () => {
    await writeSmallDataset();
    const data = await loadDataset(folder);
    const batches = shuffledBatches(data, 'labels', 2, 1);
    expect(batches.size).toBe(3);
    const seen: number[][] = [];
    for (let epoch = 0; epoch < 2; epoch++) {
      const indices: number[] = [];
      for await (const {xs, ys} of await batches.iterator()) {
        const firstPixels = [...slice(xs, [0, 0], [-1, 1]).dataSync()].map((value) =>
          Math.round(value * 255),
        );
        const labels = [...argMax(ys, -1).dataSync()];
        firstPixels.forEach((pixel, row) => {
          indices.push(pixel / 4);
          expect(labels[row]).toBe((pixel / 4) % 3);
        });
      }
      seen.push(indices);
    }
    for (const indices of seen) expect([...indices].sort()).toEqual([0, 1, 2, 3, 4]);
    expect(seen[0]).not.toEqual(seen[1]);
  });

  it('gives test images in order, and themselves as what to reproduce', async () => {
    await writeSmallDataset();
    const data = await loadDataset(folder);
    const pixels: number[] = [];
    for await (const {xs, ys} of await testBatches(data, 'images', 2).iterator()) {
      expect(await ys.data()).toEqual(await xs.data());
      pixels.push(...[...xs.dataSync()].map((value) => Math.round(value * 255)));
    }
    expect(pixels).toEqual(Array.from({length: 12}, (_, i) => i));
  });
});
