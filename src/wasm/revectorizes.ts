/**
 * Whether V8 was told to make 256-bit vectors of pairs of WebAssembly's 128-bit ones, as Node can from version 24 on:
 * `node --experimental-wasm-revectorize program.js`. Nothing else shows it.
 */
export function revectorizes(): boolean {
  const {execArgv = []} = (globalThis as {process?: {execArgv?: readonly string[]}}).process ?? {};
  return execArgv.some((flag) => /^--experimental[-_]wasm[-_]revectorize$/.test(flag));
}
