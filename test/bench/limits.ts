import {compileString} from 'assemblyscript/asc';
import type {Roofline} from './comparison.js';
import type {Traffic} from './traffic.js';

/**
 * `count` independent chains of multiply-adds: twelve fill the 128-bit registers, and 24 as many 256-bit ones if V8 packs
 * pairs of vectors.
 */
function multiplyAdds(count: number): string {
  const chains = Array.from({length: count}, (_, i) => `c${i}`);
  return `
export function multiplyAdd${count}(times: i32, s: f32, at: usize): void {
  const factor = f32x4.splat(s);
  ${chains.map((c, i) => `let ${c} = v128.load(at, ${16 * i});`).join(' ')}
  for (let n = 0; n < times; n++) {
    ${chains.map((c) => `${c} = f32x4.add(f32x4.mul(${c}, factor), factor);`).join('\n    ')}
  }
  ${chains.map((c, i) => `v128.store(at, ${c}, ${16 * i});`).join(' ')}
}`;
}

/**
 * STREAM's triad a = b + s c, and multiply-adds that stay in registers: the most that one thread of wasm can
 * move and compute.
 */
const SOURCE = `
export function triad(a: usize, b: usize, c: usize, bytes: usize, s: f32): void {
  const factor = f32x4.splat(s);
  for (let i: usize = 0; i < bytes; i += 64) {
    v128.store(a + i, f32x4.add(v128.load(b + i), f32x4.mul(v128.load(c + i), factor)));
    v128.store(a + i, f32x4.add(v128.load(b + i, 16), f32x4.mul(v128.load(c + i, 16), factor)), 16);
    v128.store(a + i, f32x4.add(v128.load(b + i, 32), f32x4.mul(v128.load(c + i, 32), factor)), 32);
    v128.store(a + i, f32x4.add(v128.load(b + i, 48), f32x4.mul(v128.load(c + i, 48), factor)), 48);
  }
}
${multiplyAdds(12)}
${multiplyAdds(24)}
`;

interface Probe {
  triad(a: number, b: number, c: number, bytes: number, s: number): void;
  multiplyAdd12(times: number, s: number, at: number): void;
  multiplyAdd24(times: number, s: number, at: number): void;
}

/** Bytes of the triad when it has to come from memory: far more than any cache holds. */
const BEYOND_CACHE = 768 * 2 ** 20;
const PAGE = 2 ** 16;

/**
 * The machine's limits for one thread of wasm. Every call measures again and the best result counts: a limit
 * is what an undisturbed machine reaches.
 */
export class Limits {
  private readonly best = new Map<string, number>();

  private constructor(
    private readonly probe: Probe,
    private readonly start: number,
  ) {}

  static async prepare(): Promise<Limits> {
    const {binary, stderr} = await compileString(SOURCE, {
      optimizeLevel: 3,
      noAssert: true,
      runtime: 'stub',
      enable: ['simd'],
      initialMemory: BEYOND_CACHE / PAGE + 1,
      memoryBase: 0,
    });
    if (binary === null) throw new Error(stderr.toString());
    const {instance} = await WebAssembly.instantiate(binary as Uint8Array<ArrayBuffer>, {});
    return new Limits(instance.exports as unknown as Probe, PAGE);
  }

  /**
   * Bytes per second of the triad, which reads two arrays and writes a third.
   *
   * @param workingSet Bytes of the three arrays together. Default: far more than any cache holds.
   */
  bandwidth(workingSet: number = BEYOND_CACHE): number {
    const bytes = Math.max(64, Math.floor(Math.min(workingSet, BEYOND_CACHE) / 3 / 64) * 64);
    const passes = Math.max(1, Math.ceil(BEYOND_CACHE / 4 / (3 * bytes)));
    return this.rate(`triad ${bytes}`, passes * 3 * bytes, () => {
      for (let pass = 0; pass < passes; pass++) {
        this.probe.triad(this.start, this.start + bytes, this.start + 2 * bytes, bytes, 0.5);
      }
    });
  }

  /** Multiplications and additions per second. */
  arithmetic(): number {
    const times = 2e6;
    return Math.max(
      this.rate('multiplyAdd12', times * 12 * 4 * 2, () => this.probe.multiplyAdd12(times, 0.5, this.start)),
      this.rate('multiplyAdd24', times * 24 * 4 * 2, () => this.probe.multiplyAdd24(times, 0.5, this.start)),
    );
  }

  /** How close `milliseconds` comes to what memory and arithmetic allow for this traffic. */
  roofline({bytes, operations}: Traffic, milliseconds: number): Roofline {
    const fromMemory = (1000 * bytes) / this.bandwidth();
    const fromCache = (1000 * bytes) / this.bandwidth(bytes);
    const fromArithmetic = (1000 * operations) / this.arithmetic();
    const limit = fromMemory >= fromArithmetic ? 'memory' : 'arithmetic';
    const factor = milliseconds / Math.max(fromMemory, fromArithmetic);
    return {bytes, operations, fromMemory, fromCache, fromArithmetic, factor, limit};
  }

  private rate(name: string, amount: number, run: () => void): number {
    for (let turn = 0; turn < 5; turn++) {
      const start = performance.now();
      run();
      const rate = (1000 * amount) / (performance.now() - start);
      this.best.set(name, Math.max(rate, this.best.get(name) ?? 0));
    }
    return this.best.get(name)!;
  }
}
