import {execFileSync} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {concat, fused, matMul, reshape, sub, type Tensor, tensor2d, tidy} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {afterAll, describe, expect, it} from 'vitest';
import {fillUniform} from '../../src/kernels/pcg4d.js';
import {useBackend} from '../../src/node/index.js';
import {multiplyOn} from '../../src/node/threads/index.js';
import {Member} from '../../src/node/threads/Member.js';
import {MODULE} from '../../src/node/threads/module.generated.js';
import {type Product, shareProducts, split} from '../../src/wasm/crew.js';

afterAll(() => multiplyOn(1));

const matrix = (shape: [number, number], seed: number) =>
  tensor2d(fillUniform(new Float32Array(shape[0] * shape[1]), {seed, stream: 0, step: 0}), shape);
const large = fc.integer({min: 150, max: 420});
const sizes = fc.record({m: large, n: large, k: large, transposeA: fc.boolean(), transposeB: fc.boolean()});

describe('products on several threads', () => {
  it.each([2, 3])('equal those on one bit for bit: %i threads', async (threads) => {
    const {trainingKernels} = await useBackend('wasm', {threads});
    const both = async (compute: () => Tensor) => {
      const shared = tidy(() => compute().dataSync().slice());
      await multiplyOn(1);
      const alone = tidy(() => compute().dataSync().slice());
      await multiplyOn(threads);
      return [shared, alone];
    };
    await fc.assert(
      fc.asyncProperty(sizes, async ({m, n, k, transposeA, transposeB}) => {
        const [shared, alone] = await both(() => {
          const a = matrix(transposeA ? [k, m] : [m, k], m);
          const b = matrix(transposeB ? [n, k] : [k, n], n);
          const product = matMul(a, b, transposeA, transposeB);
          const bias = sub(reshape(matrix([1, n], k), [n]), k / 4);
          return concat([product, fused.matMul({a, b, transposeA, transposeB, bias, activation: 'relu'})]);
        });
        expect(shared).toEqual(alone);
      }),
      {numRuns: 25, seed: 9},
    );
    trainingKernels?.restore();
  });

  it('go on where a thread is lost', async () => {
    const {trainingKernels} = await useBackend('wasm', {threads: 1});
    const member = await Member.start(await WebAssembly.compile(Buffer.from(MODULE, 'base64')));
    const compute = () =>
      tidy(() =>
        matMul(matrix([300, 200], 1), matrix([200, 250], 2))
          .dataSync()
          .slice(),
      );
    const alone = compute();
    let asked = 0;
    shareProducts({
      size: 1,
      begin: (_, heap, product) => {
        asked++;
        return member.begin(heap, product);
      },
    });
    expect(compute()).toEqual(alone);
    await member.stop();
    expect(compute()).toEqual(alone);
    expect(asked).toBe(2);
    shareProducts(undefined);
    trainingKernels?.restore();
  });

  it('let a process end', () => {
    const program = `
      import {matMul, ones} from '@tensorflow/tfjs-core';
      import {useBackend} from './src/node/index.js';
      await useBackend('wasm', {threads: 2});
      console.log(matMul(ones([300, 300]), ones([300, 300])).arraySync()[7][299]);`;
    const printed = execFileSync(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '--eval', program],
      {cwd: fileURLToPath(new URL('../../', import.meta.url)), encoding: 'utf8', timeout: 60_000},
    );
    expect(printed.trim()).toBe('300');
  });

  it.each([0, -1, 1.5, Number.NaN, '2'])('refuse a number of threads that is none: %s', async (threads) => {
    await expect(useBackend('wasm', {threads: threads as number})).rejects.toThrow(/useBackend.*threads/);
  });
});

describe('split', () => {
  it('covers C once, without a gap', () => {
    const cases = fc.record({
      m: fc.integer({min: 1, max: 99}),
      n: fc.integer({min: 1, max: 99}),
      count: fc.integer({min: 1, max: 5}),
    });
    fc.assert(
      fc.property(cases, ({m, n, count}) => {
        const [a, b, c, bias] = [1000, 2000, 0, 3000];
        const whole: Product = {
          m,
          n,
          k: 7,
          a,
          aRow: 7,
          aColumn: 1,
          b,
          bRow: n,
          bColumn: 1,
          c,
          cRow: n,
          bias,
          low: 0,
          high: 1,
        };
        const seen = new Uint8Array(m * n);
        const parts = split(whole, count);
        expect(parts.length).toBeLessThanOrEqual(count);
        for (const part of parts) {
          const [row, column] = [(part.a - a) / 28, (part.b - b) / 4];
          expect(part.c / 4).toBe(row * n + column);
          expect(part.bias - bias).toBe(4 * column);
          for (let i = 0; i < part.m; i++)
            for (let j = 0; j < part.n; j++) seen[(row + i) * n + column + j]!++;
        }
        expect(seen.every((times) => times === 1)).toBe(true);
      }),
    );
  });
});
