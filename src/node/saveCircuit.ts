import {mkdir, readFile, rename, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {Circuit, LOADER} from '../circuit/index.js';
import {checkOptions} from '../functional/checkOptions.js';
import {invalid, oneOf} from '../functional/validate.js';

/** The files that `saveCircuit` can write. */
export const CIRCUIT_FILES = ['json', 'wasm', 'c', 'verilog', 'dot', 'svg'] as const;
/** One of `CIRCUIT_FILES`. */
export type CircuitFile = (typeof CIRCUIT_FILES)[number];

/** Arguments of `saveCircuit`. */
export interface SaveCircuitArgs {
  /** Which files. Default: json, wasm (with its loader), c and verilog. */
  readonly files?: readonly CircuitFile[];
}

/**
 * Writes a circuit into a folder: `circuit.json`, `circuit.wasm` with `loader.mjs`, `circuit.c`, `circuit.v`, `circuit.dot`
 * and `circuit.svg`, as asked for. Each file appears whole or not at all.
 *
 * @returns Bytes of each file, by name.
 * @throws when a format is unknown, the circuit is too large for a diagram, or the folder cannot be written.
 * @example
 * await saveCircuit(circuit, 'my-circuit');
 * const same = await loadCircuit('my-circuit/circuit.json');
 */
export async function saveCircuit(
  circuit: Circuit,
  folder: string,
  args: SaveCircuitArgs = {},
): Promise<Record<string, number>> {
  const owner = 'saveCircuit';
  checkOptions(owner, args, ['files']);
  if (!(circuit instanceof Circuit)) throw invalid(owner, 'circuit', 'a Circuit', circuit);
  if (typeof folder !== 'string' || folder === '') throw invalid(owner, 'folder', 'a path', folder);
  const files = args.files ?? ['json', 'wasm', 'c', 'verilog'];
  if (!Array.isArray(files) || files.length === 0) {
    throw invalid(owner, 'files', 'a list of formats, at least one', files);
  }
  files.forEach((file, i) => {
    oneOf(owner, `files[${i}]`, file, CIRCUIT_FILES);
  });
  const contents = new Map<string, string | Uint8Array>();
  for (const file of files) {
    if (file === 'json') contents.set('circuit.json', JSON.stringify(circuit));
    else if (file === 'c') contents.set('circuit.c', circuit.toC());
    else if (file === 'verilog') contents.set('circuit.v', circuit.toVerilog());
    else if (file === 'dot') contents.set('circuit.dot', circuit.toDot());
    else if (file === 'svg') contents.set('circuit.svg', circuit.toSvg());
    else {
      contents.set('circuit.wasm', (await circuit.compile({simd: true})).wasm);
      contents.set('loader.mjs', LOADER);
    }
  }
  await mkdir(folder, {recursive: true});
  const sizes: Record<string, number> = {};
  for (const [name, content] of contents) {
    const path = join(folder, name);
    await writeFile(`${path}.part`, content);
    await rename(`${path}.part`, path);
    sizes[name] = Buffer.byteLength(content);
  }
  return sizes;
}

/**
 * Reads a circuit from its JSON file.
 *
 * @throws when the file cannot be read, or is not a circuit, naming the file.
 * @example
 * const circuit = await loadCircuit('my-circuit/circuit.json');
 */
export async function loadCircuit(path: string): Promise<Circuit> {
  const owner = 'loadCircuit';
  if (typeof path !== 'string' || path === '') throw invalid(owner, 'path', 'a path', path);
  const text = await readFile(path, 'utf8').catch(({code}: NodeJS.ErrnoException) => {
    throw invalid(owner, 'path', `a file that can be read (${code})`, path);
  });
  try {
    return Circuit.fromJSON(text);
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`);
  }
}
