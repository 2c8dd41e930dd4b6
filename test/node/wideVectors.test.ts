import {execFileSync} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {afterEach, describe, expect, it} from 'vitest';
import {useBackend} from '../../src/node/index.js';
import {productOf, type Timed, warmUp, whyNotWide, widenVectors} from '../../src/node/wideVectors.js';
import {canWiden, setVectorWidth, startedWide, vectorWidth} from '../../src/wasm/vectors.js';

const FOREVER = Number.POSITIVE_INFINITY;
/** A product with a made-up duration. */
const timed = (fastest: number): Timed => ({product: productOf(128)(), fastest});

afterEach(() => setVectorWidth(undefined));

describe('the self-test of 256-bit vectors', () => {
  it('multiplies as 128-bit vectors do, bit for bit', () => {
    const [narrow, wide] = [productOf(128)(), productOf(256)()];
    expect(wide).toEqual(narrow);
    expect(new Set(narrow).size).toBeGreaterThan(5000); // of 5,561 sums
  });

  it('accepts a product that is the same and faster', () => {
    expect(whyNotWide(timed(FOREVER), productOf(256))).toBeUndefined();
  });

  it('rejects a product that differs in one bit, and names the element', () => {
    const multiply = productOf(256);
    const other = () => {
      const product = multiply();
      new Int32Array(product.buffer)[17]! ^= 1;
      return product;
    };
    expect(whyNotWide(timed(FOREVER), other)).toMatch(/^the self-test's product differs \(element 17 is /);
  });

  it('rejects a product that is the same, but not faster', () => {
    expect(whyNotWide(timed(1e-6), productOf(256))).toMatch(
      /^the self-test's product takes \d+\.\d\d times as long as with 128 bits$/,
    );
  });

  it('returns the latest product and the time of the fastest call', () => {
    let calls = 0;
    const {product, fastest} = warmUp(
      () => Float32Array.of(++calls),
      () => true,
    );
    expect(calls).toBeGreaterThan(1);
    expect(product).toEqual(Float32Array.of(calls));
    expect(fastest).toBeLessThan(1);
  });
});

describe("useBackend('wasm', {vectors})", () => {
  it('uses 256 bits, or stays with 128 and says why, until the next call', async () => {
    const {vectors, message} = await useBackend('wasm', {vectors: 256});
    const whyNot = canWiden()
      ? /128-bit vectors: the self-test's product (takes|differs)/
      : /128-bit vectors: wider ones require Node 24 or newer on x64, this is Node \d+.* on \w+\.$/;
    expect(message).toMatch(vectors === 256 ? / 256-bit vectors\.$/ : whyNot);
    expect(vectorWidth()).toBe(vectors);
    await useBackend('wasm');
    expect(vectorWidth()).toBe(startedWide() ? 256 : 128);
  });

  it('mentions the option only where it can help', async () => {
    const {message} = await useBackend('wasm', {vectors: 128});
    const hint = '{vectors: 256} can make matrix products faster here';
    expect(message.includes(hint)).toBe(canWiden());
  });

  it('runs the self-test once', () => {
    expect(widenVectors()).toBe(widenVectors());
  });

  it.each([64, 512, '256', null])('rejects %o', async (vectors) => {
    await expect(useBackend('wasm', {vectors: vectors as never})).rejects.toThrow(
      'useBackend: `vectors` must be 128 or 256, got ',
    );
  });

  it('rejects 256 with another backend, and options that it does not have', async () => {
    await expect(useBackend('cpu', {vectors: 256})).rejects.toThrow(
      "useBackend: `vectors` must be left out for 'cpu', since it applies to wasm only, got 256.",
    );
    await expect(useBackend('wasm', {vector: 256} as never)).rejects.toThrow('did you mean `vectors`?');
  });

  it('gives the same products bit for bit in a fresh process, on one thread and on two', () => {
    // Continuous integration runs Node 20, which falls back; the variable names a newer Node to run.
    const node = process.env.TFJS_NEWER_NODE ?? process.execPath;
    const program = `
      import {createHash} from 'node:crypto';
      import {matMul, range, reshape, sin} from '@tensorflow/tfjs-core';
      import {useBackend} from './src/node/index.js';
      const matrix = (rows, columns) => reshape(sin(range(0, rows * columns)), [rows, columns]);
      for (const options of [{}, {vectors: 256}, {vectors: 256, threads: 2}, {vectors: 128, threads: 2}]) {
        const {vectors, message} = await useBackend('wasm', options);
        const product = matMul(matrix(300, 500), matrix(500, 267)).dataSync();
        console.log(JSON.stringify({vectors, message, hash: createHash('md5').update(product).digest('hex')}));
      }
      process.exit();`;
    const root = fileURLToPath(new URL('../../', import.meta.url));
    const args = ['--import', 'tsx', '--input-type=module', '--eval', program];
    const printed = execFileSync(node, args, {cwd: root, encoding: 'utf8', timeout: 60_000});
    const lines = printed
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(new Set(lines.map(({hash}) => hash)).size).toBe(1);
    expect(lines[0].vectors).toBe(128);
    expect(lines[3].vectors).toBe(128);
    expect(lines[1].message).toMatch(
      lines[1].vectors === 256 ? /256-bit vectors\.$/ : /128-bit vectors: .+\.$/,
    );
    expect(lines[2].vectors).toBe(lines[1].vectors);
  });
});
