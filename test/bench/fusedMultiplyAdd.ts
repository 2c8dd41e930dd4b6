/**
 * What would a fused multiply-add gain? Relaxed SIMD's `f32x4.relaxed_madd` against a multiplication and an addition, in
 * independent chains and in the tiles of our matrix product:
 * `node --experimental-wasm-revectorize --import tsx test/bench/fusedMultiplyAdd.ts` (Node 24 or newer).
 */
import {readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {compileString} from 'assemblyscript/asc';
import {plainTable} from './table.js';

const CHAINS = [4, 8, 12, 16, 20, 24];
const WIDTHS = [8, 16];
/** Turns per function; the best counts, since a limit is what an undisturbed machine reaches. */
const TURNS = 150;
/** Columns of a strip, as in `gemm`. */
const DEPTH = 512;

type Run = () => void;

interface Measured {
  readonly name: string;
  readonly operations: number;
  readonly separate: Run;
  readonly fused: Run;
}

function chain(name: string, count: number, step: (c: string) => string): string {
  const chains = Array.from({length: count}, (_, i) => `c${i}`);
  return `
export function ${name}${count}(times: i32, s: f32, at: usize): void {
  const factor = f32x4.splat(s);
  ${chains.map((c, i) => `let ${c} = v128.load(at, ${16 * i});`).join(' ')}
  for (let n = 0; n < times; n++) {
    ${chains.map((c) => `${c} = ${step(c)};`).join('\n    ')}
  }
  ${chains.map((c, i) => `v128.store(at, ${c}, ${16 * i});`).join(' ')}
}`;
}

async function compile(source: string): Promise<Record<string, (...args: number[]) => void>> {
  const {binary, stderr} = await compileString(source, {
    optimizeLevel: 3,
    noAssert: true,
    runtime: 'stub',
    enable: ['simd', 'relaxed-simd'],
    initialMemory: 4,
    memoryBase: 0,
  });
  if (binary === null) throw new Error(stderr.toString());
  const {instance} = await WebAssembly.instantiate(binary as Uint8Array<ArrayBuffer>, {});
  return instance.exports as Record<string, (...args: number[]) => void>;
}

const tiles = readFileSync(
  fileURLToPath(new URL('../../src/wasm/assembly/tiles.ts', import.meta.url)),
  'utf8',
);
const SEPARATE = /(c\d\d) = f32x4\.add\(\1, f32x4\.mul\(x, (b\d)\)\)/g;
const separateTiles = await compile(tiles);
const fusedTiles = await compile(tiles.replace(SEPARATE, '$1 = f32x4.relaxed_madd(x, $2, $1)'));
const chains = await compile(
  CHAINS.map(
    (count) =>
      chain('separate', count, (c) => `f32x4.add(f32x4.mul(${c}, factor), factor)`) +
      chain('fused', count, (c) => `f32x4.relaxed_madd(${c}, factor, factor)`),
  ).join('\n'),
);

const STEPS = 200_000;
const CALLS = 200;
const [STRIP, PANEL, OUT] = [65_536, 81_920, 131_072]; // in the first-level cache together
const tile = (exports: typeof chains, width: number) => () => {
  const [from, row] = [OUT, 4 * width];
  for (let i = 0; i < CALLS; i++) exports[`tile5x${width}`]!(STRIP, PANEL, DEPTH, from, row, from, row);
};
const measured: Measured[] = [
  ...CHAINS.map((count) => ({
    name: `${count} chains`,
    operations: STEPS * count * 4 * 2,
    separate: () => chains[`separate${count}`]!(STEPS, 0.5, OUT),
    fused: () => chains[`fused${count}`]!(STEPS, 0.5, OUT),
  })),
  ...WIDTHS.map((width) => ({
    name: `tile 5 x ${width}`,
    operations: CALLS * DEPTH * 5 * width * 2,
    separate: tile(separateTiles, width),
    fused: tile(fusedTiles, width),
  })),
];

const best = measured.map(() => ({separate: 0, fused: 0}));
for (let turn = 0; turn < TURNS; turn++) {
  measured.forEach((one, i) => {
    for (const which of ['separate', 'fused'] as const) {
      const start = performance.now();
      one[which]();
      const rate = one.operations / (performance.now() - start) / 1e6;
      best[i]![which] = Math.max(best[i]![which], rate);
    }
  });
}
console.log(
  `Node ${[process.version, ...process.execArgv].join(' ')}; Gflop/s, the best of ${TURNS} turns\n`,
);
console.log(
  plainTable({
    head: ['', 'mul and add', 'relaxed_madd'],
    text: [0],
    rows: measured.map(({name}, i) => [name, best[i]!.separate.toFixed(1), best[i]!.fused.toFixed(1)]),
  }),
);
