import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {dispose, memory} from '@tensorflow/tfjs-core';
import {describe, expect, it} from 'vitest';
import type {Batches} from '../../examples/mnist/data/batches.js';
import {verify} from '../../examples/papers/data/cache.js';
import {fromRecords} from '../../examples/papers/data/cifar10.js';
import {
  classification,
  flatReconstruction,
  type Images,
  inOrder,
  reconstruction,
  shuffled,
} from '../../examples/papers/data/images.js';
import {loadImages} from '../../examples/papers/data/index.js';
import {readMat} from '../../examples/papers/data/mat.js';
import {svhnImages} from '../../examples/papers/data/svhn.js';
import {readTar} from '../../examples/papers/data/tar.js';
import {holdOut} from '../../examples/papers/holdOut.js';
import {horizontalFlip} from '../../examples/papers/horizontalFlip.js';

it('holdOut splits the last images off, so that no image is in both parts', () => {
  const count = 25;
  const pixels = Uint8Array.from({length: count * 12}, (_, i) => Math.floor(i / 12));
  const labels = Uint8Array.from({length: count}, (_, i) => i);
  const images: Images = {count, height: 2, width: 2, channels: 3, pixels, labels};
  const {train, validation} = holdOut(images, 0.1);
  expect([train.count, validation.count]).toEqual([22, 3]);
  expect([...train.labels, ...validation.labels]).toEqual([...labels]);
  expect([...train.pixels, ...validation.pixels]).toEqual([...pixels]);
  expect(Math.min(...validation.pixels)).toBe(22);
  const grey = holdOut({...images, channels: undefined, width: 6}, 0.1); // one channel
  expect([...grey.validation.labels, grey.validation.pixels.length]).toEqual([22, 23, 24, 36]);
  expect(() => holdOut(images, 1)).toThrow('`holdOut` must be between 0 and 1, got 1.');
});

const fixture = (name: string) => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

it('readTar finds every file with its bytes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tar-'));
  const contents = {
    'one.txt': Buffer.from('1'),
    'block.bin': Buffer.alloc(512, 7),
    'two.bin': Buffer.alloc(700, 9),
  };
  for (const [name, bytes] of Object.entries(contents)) writeFileSync(join(folder, name), bytes);
  execFileSync('tar', ['-cf', 'all.tar', ...Object.keys(contents)], {cwd: folder});
  const files = readTar(readFileSync(join(folder, 'all.tar')));
  expect(Object.fromEntries(files)).toEqual(contents);
  rmSync(folder, {recursive: true});
});

it('readMat reads compressed arrays, small and large', () => {
  const {X, y} = readMat(readFileSync(fixture('svhn.mat')));
  expect(X!.shape).toEqual([2, 4, 3, 3]);
  // Row-major 0, 1, 2, … with the last axis fastest, stored with the first axis fastest.
  expect(Array.from(X!.values).slice(0, 3)).toEqual([0, 36, 9]);
  expect([y!.shape, Array.from(y!.values)]).toEqual([
    [3, 1],
    [1, 10, 9],
  ]);
});

it('SVHN’s images come as height, width, channel, and ten as zero', () => {
  const {count, height, width, channels, pixels, labels} = svhnImages(readFileSync(fixture('svhn.mat')), 2);
  expect([count, height, width, channels]).toEqual([2, 2, 4, 3]);
  expect([...labels]).toEqual([1, 0]);
  const value = (n: number, y: number, x: number, c: number) => ((y * 4 + x) * 3 + c) * 3 + n;
  const expected = [0, 1].flatMap((n) =>
    Array.from({length: 24}, (_, i) => value(n, Math.floor(i / 12), Math.floor(i / 3) % 4, i % 3)),
  );
  expect([...pixels]).toEqual(expected);
});

it('CIFAR-10’s official records turn from planes into pixels', () => {
  const record = Buffer.alloc(1 + 3072);
  record[0] = 7;
  for (let i = 0; i < 3072; i++) record[1 + i] = (i >> 10) * 80 + (i % 79); // 80 per plane, then the index
  const out = fromRecords([Buffer.concat([record, record]), record]);
  expect([...out.subarray(0, 3)]).toEqual([7, 7, 7]);
  for (const at of [0, 1, 500, 1023]) {
    const pixel = [...out.subarray(3 + 3072 + 3 * at, 3 + 3072 + 3 * at + 3)];
    expect(pixel).toEqual([0, 1, 2].map((plane) => record[1 + 1024 * plane + at]));
  }
});

it('a wrong checksum names file and sums', () => {
  expect(() => verify('a.bin', Buffer.from('a'), 'md5', 'x')).toThrow(
    'a.bin: `md5` must be x, got 0cc175b9c0f1b6a831c399e269772661. Delete this file.',
  );
});

describe('images', () => {
  const images: Images = {
    count: 5,
    height: 1,
    width: 2,
    channels: 1,
    pixels: Uint8Array.from([0, 255, 51, 0, 102, 0, 153, 0, 204, 0]),
    labels: Uint8Array.from([0, 1, 2, 1, 0]),
  };

  it('come in batches, the last one smaller, each once per epoch', async () => {
    const seen: number[][] = [[], []];
    const batches = shuffled(images, reconstruction, 2, 3);
    expect(batches.size).toBe(3);
    for (const epoch of seen) {
      for await (const {xs, ys} of await batches.iterator()) {
        expect(ys.dataSync()).toEqual(xs.dataSync());
        expect(xs.shape.slice(1)).toEqual([1, 2, 1]);
        epoch.push(...Array.from({length: xs.shape[0]!}, (_, row) => xs.dataSync()[2 * row]!));
      }
    }
    const sorted = seen.map((epoch) => epoch.map((value) => Math.round(5 * value)).sort());
    expect(sorted).toEqual([[0, 1, 2, 3, 4], [0, 1, 2, 3, 4]]); // biome-ignore format: two epochs
    expect(seen[0]).not.toEqual(seen[1]);
  });

  it('come as rows, as input and target', async () => {
    const {value} = await (await inOrder(images, flatReconstruction, 2).iterator()).next();
    for (const side of ['xs', 'ys'] as const) {
      expect(value![side].shape).toEqual([2, 2]);
      expect([...value![side].dataSync()]).toEqual([0, 1, Math.fround(0.2), 0]);
    }
  });

  it('come with one-hot labels', async () => {
    const rows: number[] = [];
    for await (const {ys} of await inOrder(images, classification(3)).iterator()) rows.push(...ys.dataSync());
    expect(rows).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0]);
  });

  it('are mirrored left to right half of the time, anew in each epoch and the same in a continued run', async () => {
    const count = 400;
    const width = 3;
    const pixels = Uint8Array.from({length: count * 2 * width}, (_, i) => [10, 20, 30, 40, 50, 60][i % 6]!);
    const many: Images = {count, height: 2, width, channels: 1, pixels, labels: new Uint8Array(count)};
    const batches = inOrder(many, classification(10), 150);
    const epochFrom = async (source: Batches) => {
      const rows: string[] = [];
      for await (const {xs, ys} of await source.iterator()) {
        const tens = Array.from(await xs.data(), (value) => Math.round((255 * value) / 10));
        for (let i = 0; i < tens.length; i += 6) rows.push(tens.slice(i, i + 6).join(''));
        dispose([xs, ys]);
      }
      return rows;
    };
    const before = memory().numTensors;
    const mirrored = horizontalFlip(batches, 5);
    expect(mirrored.size).toBe(batches.size);
    const [first, second] = [await epochFrom(mirrored), await epochFrom(mirrored)];
    expect(memory().numTensors).toBe(before);
    expect(new Set(first)).toEqual(new Set(['123456', '321654']));
    const share = first.filter((row) => row === '321654').length / count;
    expect(Math.abs(share - 0.5)).toBeLessThan(5 * Math.sqrt(0.25 / count));
    expect(first.slice(0, 150)).not.toEqual(first.slice(150, 300)); // batches differ
    expect(second).not.toEqual(first);
    expect(await epochFrom(horizontalFlip(batches, 5, 1))).toEqual(second);
    expect(await epochFrom(horizontalFlip(batches, 6))).not.toEqual(first);
  });

  it('of MNIST get a black frame', async () => {
    const {train} = await loadImages('mnist', 3);
    expect([train.height, train.width, train.channels, train.count]).toEqual([32, 32, 1, 3]);
    const framed = (n: number, y: number, x: number) => train.pixels[(n * 32 + y) * 32 + x]!;
    const border = Array.from({length: 32}, (_, i) => [
      framed(2, i, 0),
      framed(2, i, 31),
      framed(2, 1, i),
      framed(2, 30, i),
    ]);
    expect(Math.max(...border.flat())).toBe(0);
    // The first training image, a five, has its first ink in the sixth row and the thirteenth column.
    expect([framed(0, 2 + 5, 2 + 12), framed(0, 2 + 5, 2 + 11), framed(0, 2 + 4, 2 + 12)]).toEqual([3, 0, 0]);
  });

  it('of an unknown set are rejected', async () => {
    await expect(loadImages('svhm')).rejects.toThrow(
      '`dataset` must be mnist, fashion-mnist, cifar-10 or svhn, got svhm.',
    );
  });
});
