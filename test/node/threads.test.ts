import {execFileSync} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {
  cast,
  concat,
  floor,
  fused,
  getBackend,
  matMul,
  mul,
  oneHot,
  reshape,
  round,
  sub,
  type Tensor1D,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {afterAll, beforeAll, describe, expect, it, vi} from 'vitest';
import {logicGates, logicGatesGradient, registerKernels} from '../../src/kernels/index.js';
import {fillUniform} from '../../src/kernels/pcg4d.js';
import {useBackend} from '../../src/node/index.js';
import {MODULE} from '../../src/node/threads/module.generated.js';
import {PoolWorker} from '../../src/node/threads/PoolWorker.js';
import {gemmScratch, type Product, split} from '../../src/wasm/products.js';
import {type Argument, run, setWorkerPool, workerPoolFor} from '../../src/wasm/workerPool.js';
import {expectWithin} from '../kernels/generated.js';

const matrix = (shape: [number, number], seed: number) =>
  tensor2d(fillUniform(new Float32Array(shape[0] * shape[1]), {seed, stream: 0, step: 0}), shape);
/** For comparisons: `toEqual` looks at every element by itself and takes seconds for a layer. */
const bytes = ({buffer, byteOffset, byteLength}: ArrayBufferView) =>
  Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
const large = fc.integer({min: 190, max: 420});
const sizes = fc.record({m: large, n: large, k: large, transposeA: fc.boolean(), transposeB: fc.boolean()});

describe('the worker pool', () => {
  let workers: PoolWorker[] = [];
  beforeAll(async () => {
    const module = await WebAssembly.compile(Buffer.from(MODULE, 'base64'));
    workers = await Promise.all([PoolWorker.create(module), PoolWorker.create(module)]);
  });
  afterAll(() => Promise.all(workers.map((worker) => worker.stop())));

  /** With `threads` threads, then with one. */
  function onBoth<T>(threads: number, compute: () => T): [shared: T, alone: T] {
    let asked = 0;
    setWorkerPool({
      size: threads - 1,
      start: (worker, ...work) => {
        asked++;
        return workers[worker]!.start(...work);
      },
    });
    const shared = compute();
    expect(asked).toBeGreaterThan(0);
    setWorkerPool(undefined);
    return [shared, compute()];
  }

  it.each([2, 3])('computes matrix products bit for bit as one thread does: %i threads', async (threads) => {
    const {trainingKernels} = await useBackend('wasm');
    fc.assert(
      fc.property(sizes, ({m, n, k, transposeA, transposeB}) => {
        const compute = () => {
          const a = matrix(transposeA ? [k, m] : [m, k], m);
          const b = matrix(transposeB ? [n, k] : [k, n], n);
          const product = matMul(a, b, transposeA, transposeB);
          const bias = sub(reshape(matrix([1, n], k), [n]), k / 4);
          return concat([product, fused.matMul({a, b, transposeA, transposeB, bias, activation: 'relu'})]);
        };
        const [shared, alone] = onBoth(threads, () => tidy(() => compute().dataSync().slice()));
        expect(bytes(shared).equals(bytes(alone))).toBe(true);
      }),
      {numRuns: 15, seed: 9},
    );
    trainingKernels?.restore();
  });

  it('evaluates large layers of gates as one thread does, sums over the batch within float32 error', async () => {
    const {trainingKernels} = await useBackend('wasm');
    registerKernels();
    const compute = ({rows, units, bits, seed, factor, x: forInputs}: Case) =>
      tidy(() => {
        const sample = (shape: [number, number], stream: number) =>
          tensor2d(fillUniform(new Float32Array(shape[0] * shape[1]), {seed, stream, step: 0}), shape);
        const inputs = 501;
        const x = bits ? round(sample([rows, inputs], 0)) : sample([rows, inputs], 0);
        const connections = cast(mul(sample([units, 2], 1), inputs - 1), 'int32');
        const gate = reshape(cast(floor(mul(sample([units, 1], 2), 4)), 'int32'), [units]);
        const coefficients = bits ? cast(oneHot(gate as Tensor1D, 4), 'float32') : sample([units, 4], 2);
        const dy = sub(sample([rows, units], 3), 0.5);
        const gateInputs = {x, coefficients, connections};
        const wanted = forInputs
          ? (['dx', 'sums', 'absoluteSums'] as const)
          : (['sums', 'absoluteSums'] as const);
        const found = [
          logicGates(gateInputs),
          ...logicGatesGradient({dy, ...gateInputs}, {gradientFactor: factor, wanted}),
        ];
        return found.map((one) => one.dataSync<'float32'>().slice());
      });
    const cases = fc.record({
      rows: fc.integer({min: 60, max: 140}),
      units: fc.integer({min: 3400, max: 3700}),
      bits: fc.boolean(),
      factor: fc.constantFrom(1, 0.3),
      x: fc.boolean(),
      threads: fc.constantFrom(2, 3),
      seed: fc.nat(),
    });
    type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;
    fc.assert(
      fc.property(cases, (one) => {
        const [shared, alone] = onBoth(one.threads, () => compute(one));
        const exact = one.x ? 2 : 1; // y, and dx
        expect(shared.length).toBe(exact + 2);
        shared.forEach((values, i) => {
          if (i < exact) expect(bytes(values).equals(bytes(alone[i]!))).toBe(true);
          else expectWithin(values, alone[i]!, () => 3e-4); // 140 roundings of at most 70 x 2^-25
        });
      }),
      {numRuns: 16, seed: 4},
    );
    trainingKernels?.restore();
  });

  it('has the size that useBackend was asked for, and ends on another backend', async () => {
    await useBackend('wasm', {threads: 3});
    expect(workerPoolFor(1, 1)?.size).toBe(2);
    await Promise.all([useBackend('wasm', {threads: 3}), useBackend('wasm', {threads: 2})]);
    expect(workerPoolFor(1, 1)?.size).toBe(1);
    await useBackend('cpu');
    expect(workerPoolFor(1, 1)).toBeUndefined();
    await useBackend('wasm', {threads: 2});
    await useBackend('wasm');
    expect(workerPoolFor(1, 1)).toBeUndefined();
  });

  it('leaves the backend as it was if its threads cannot be started', async () => {
    await useBackend('cpu');
    const {compile} = WebAssembly;
    WebAssembly.compile = () => Promise.reject(new Error('no memory'));
    try {
      await expect(useBackend('wasm', {threads: 2})).rejects.toThrow(/threads.*no memory.*got 2/);
      expect(getBackend()).toBe('cpu');
    } finally {
      WebAssembly.compile = compile;
      await useBackend('wasm');
    }
  });

  it('leaves the work to the calling thread after a worker has ended', async () => {
    const {trainingKernels} = await useBackend('wasm', {threads: 1});
    const worker = await PoolWorker.create(await WebAssembly.compile(Buffer.from(MODULE, 'base64')));
    const compute = () =>
      tidy(() =>
        matMul(matrix([300, 200], 1), matrix([200, 250], 2))
          .dataSync()
          .slice(),
      );
    const alone = compute();
    let asked = 0;
    setWorkerPool({
      size: 1,
      start: (_, ...work) => {
        asked++;
        return worker.start(...work);
      },
    });
    expect(bytes(compute()).equals(bytes(alone))).toBe(true);
    await worker.stop();
    expect(bytes(compute()).equals(bytes(alone))).toBe(true);
    expect(asked).toBe(2);
    setWorkerPool(undefined);
    trainingKernels?.restore();
  });

  it('finishes a turn whose caller threw before it copies the operands of the next one', () => {
    const heap = new Float32Array(1 << 22).fill(1);
    const at = 256;
    /** gemm's arguments for [m, k] and [k, n] of ones, all of them at `at`. */
    const product = (m: number, n: number, k: number): Argument[] => [
      1, // batch
      m,
      n,
      k,
      {words: m * k, from: run(at, m * k)},
      1, // matrices of A
      k, // from row to row
      1,
      {words: k * n, from: run(at, k * n)},
      1, // matrices of B
      n,
      1,
      {words: m * n, to: run(at, m * n)},
      n,
      0, // no bias
      -Infinity,
      Infinity,
      0, // does not accumulate
      {words: gemmScratch(m, k)},
    ];
    const [worker] = workers as [PoolWorker];
    worker.start(heap, 'gemm', product(1200, 1200, 1200)); // its result lies behind 2.88 million operands
    expect(worker.start(heap, 'gemm', product(5, 1, 600_000))(heap)).toBe(true); // 3.6 million operands
    expect([...heap.subarray(at / 4, at / 4 + 5)]).toEqual(Array.from({length: 5}, () => 600_000));
  });

  it('notices at once that a routine failed', async () => {
    const worker = await PoolWorker.create(await WebAssembly.compile(Buffer.from(MODULE, 'base64')));
    const heap = new Float32Array(16);
    const waits = vi.spyOn(Atomics, 'wait');
    const divisionByZero = [1, 1, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0];
    expect(worker.start(heap, 'gemm', divisionByZero)(heap)).toBe(false);
    expect(worker.hasFailed).toBe(true);
    expect(waits.mock.results.map(({value}) => value)).not.toContain('timed-out');
    waits.mockRestore();
    await worker.stop();
  });

  it('lets a process end', () => {
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

  it.each([0, -1, 1.5, 65, Number.NaN, '2'])(
    'useBackend rejects %s as a number of threads',
    async (threads) => {
      await expect(useBackend('wasm', {threads: threads as number})).rejects.toThrow(/useBackend.*threads/);
    },
  );
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
