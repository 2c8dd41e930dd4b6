/** Bits of the vectors that V8 makes of WebAssembly's, which have 128. */
export type VectorWidth = 128 | 256;

/** The parts of Node's `process` that tell what V8 can do. */
export interface Engine {
  readonly arch?: string;
  readonly execArgv?: readonly string[];
  readonly versions?: {readonly v8?: string};
}

/** The option under which V8 packs pairs of 128-bit operations into 256-bit ones. */
export const V8_OPTION = '--experimental-wasm-revectorize';

/** V8 of Node 24. That of Node 22 (12.4) has the option too, but leaves our tiles as they are. */
const FIRST_V8 = 13;

const thisEngine = (): Engine => (globalThis as {process?: Engine}).process ?? {};

/** Whether the engine is a V8 that can pack vectors: Node from version 24 on, on x64. */
export function canWiden({arch, versions}: Engine = thisEngine()): boolean {
  return arch === 'x64' && Number.parseInt(versions?.v8 ?? '', 10) >= FIRST_V8;
}

/** Whether Node was started with V8's option: `node --experimental-wasm-revectorize program.js`. */
export function startedWide(engine: Engine = thisEngine()): boolean {
  const option = /^--experimental[-_]wasm[-_]revectorize$/;
  return canWiden(engine) && (engine.execArgv ?? []).some((argument) => option.test(argument));
}

let chosen: VectorWidth | undefined;

/** The width that tiles of matrix products are laid out for. Results are the same bit for bit. */
export function vectorWidth(): VectorWidth {
  return chosen ?? (startedWide() ? 256 : 128);
}

/** Lays out products for that width from now on; undefined goes back to what Node was started with. */
export function setVectorWidth(width: VectorWidth | undefined): void {
  chosen = width;
}

/** Columns of a panel for vectors of that width; see `assembly/gemm.ts`. */
export function panelWidth(width: VectorWidth = vectorWidth()): 8 | 16 {
  return width === 256 ? 16 : 8;
}
