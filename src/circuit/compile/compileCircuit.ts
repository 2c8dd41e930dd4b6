import {checkOptions} from '../../functional/checkOptions.js';
import {invalid} from '../../functional/validate.js';
import type {CircuitParts} from '../Circuit.js';
import {simplifyParts} from '../simplify/simplifyParts.js';
import {CompiledCircuit} from './CompiledCircuit.js';
import {layoutProgram} from './layoutProgram.js';
import {linkModule} from './linkModule.js';
import {MODULE as SCALAR} from './scalar/module.generated.js';
import {MODULE as SIMD} from './simd/module.generated.js';

/** Arguments of `Circuit.compile`. */
export interface CompileArgs {
  /** Whether to use 128-bit vectors. Default: where the engine has them; otherwise words of 64 bits. */
  readonly simd?: boolean;
}

/** WebAssembly's memory ends here; half of it leaves room for a browser's own limits. */
const MOST_BYTES = 2 ** 31;

const compiled = new WeakMap<CircuitParts, Map<boolean, Promise<CompiledCircuit>>>();

/** @see Circuit.compile */
export function compileCircuit(circuit: CircuitParts, args: CompileArgs = {}): Promise<CompiledCircuit> {
  checkOptions('Circuit.compile', args, ['simd']);
  const {simd = hasSimd()} = args;
  if (typeof simd !== 'boolean') throw invalid('Circuit.compile', 'simd', 'true or false', simd);
  const known = compiled.get(circuit) ?? new Map<boolean, Promise<CompiledCircuit>>();
  compiled.set(circuit, known);
  let promise = known.get(simd);
  if (promise === undefined) {
    promise = compile(circuit, simd);
    known.set(simd, promise);
    promise.catch(() => known.delete(simd));
  }
  return promise;
}

async function compile(circuit: CircuitParts, simd: boolean): Promise<CompiledCircuit> {
  const start = performance.now();
  const {parts} = simplifyParts(circuit);
  const {data, bytes} = layoutProgram(parts);
  if (bytes > MOST_BYTES) {
    throw invalid('Circuit.compile', 'circuit', `one whose memory fits ${MOST_BYTES} bytes`, bytes);
  }
  const wasm = linkModule(simd ? simdModule() : decode(SCALAR), data, bytes);
  const module = await WebAssembly.compile(wasm);
  const instance = await WebAssembly.instantiate(module);
  return new CompiledCircuit(parts, {wasm, module, instance, simd, milliseconds: performance.now() - start});
}

let simdBytes: Uint8Array<ArrayBuffer> | undefined;
function simdModule(): Uint8Array<ArrayBuffer> {
  simdBytes ??= decode(SIMD);
  return simdBytes;
}

let validated: boolean | undefined;
function hasSimd(): boolean {
  validated ??= WebAssembly.validate(simdModule());
  return validated;
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}
