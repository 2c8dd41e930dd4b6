/** What this looks at of Node's `process`. */
interface Engine {
  readonly execArgv?: readonly string[];
  readonly versions?: {readonly v8?: string};
}

/** V8 of Node 24. That of Node 22 (12.4) has the option too, but leaves our tiles as they are. */
const FIRST_V8 = 13;

/**
 * Whether V8 was told to make 256-bit vectors of pairs of WebAssembly's 128-bit ones, as Node can from version 24 on:
 * `node --experimental-wasm-revectorize program.js`. Nothing else shows it.
 */
export function revectorizes(
  {execArgv = [], versions}: Engine = (globalThis as {process?: Engine}).process ?? {},
): boolean {
  const told = execArgv.some((flag) => /^--experimental[-_]wasm[-_]revectorize$/.test(flag));
  return told && Number.parseInt(versions?.v8 ?? '', 10) >= FIRST_V8;
}
