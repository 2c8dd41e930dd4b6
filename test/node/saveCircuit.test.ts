import {mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, expect, it} from 'vitest';
import {loadCircuit, saveCircuit} from '../../src/node/index.js';
import {randomCircuit} from '../circuit/support.js';

const folder = mkdtempSync(join(tmpdir(), 'circuits-'));
afterAll(() => rmSync(folder, {recursive: true}));

it('writes the files asked for, tells their sizes, and reads the JSON back', async () => {
  const circuit = randomCircuit(1);
  const all = join(folder, 'all');
  const sizes = await saveCircuit(circuit, all, {files: ['json', 'wasm', 'c', 'verilog', 'dot', 'svg']});
  const names = [
    'circuit.c',
    'circuit.dot',
    'circuit.json',
    'circuit.svg',
    'circuit.v',
    'circuit.wasm',
    'loader.mjs',
  ];
  expect(readdirSync(all).sort()).toEqual(names);
  for (const name of names) expect(statSync(join(all, name)).size).toBe(sizes[name]);
  expect((await loadCircuit(join(all, 'circuit.json'))).toJSON()).toEqual(circuit.toJSON());
  expect(WebAssembly.validate(readFileSync(join(all, 'circuit.wasm')))).toBe(true);
});

it('writes nothing when it is asked for something that it cannot write', async () => {
  const circuit = randomCircuit(1, {gates: 3000});
  const none = join(folder, 'none');
  await expect(saveCircuit(circuit, none, {files: ['json', 'svg']})).rejects.toThrow(
    'Circuit.toSvg: `circuit` must be one of at most 2000 bits and gates',
  );
  await expect(saveCircuit(circuit, none, {files: ['pdf' as never]})).rejects.toThrow(
    "`files[0]` must be one of 'json'",
  );
  await expect(saveCircuit({} as never, none)).rejects.toThrow('`circuit` must be a Circuit');
  expect(() => statSync(none)).toThrow('ENOENT');
});

it('names a file that is not a circuit', async () => {
  const path = join(folder, 'bad.json');
  writeFileSync(path, '{"format": 1}');
  await expect(loadCircuit(path)).rejects.toThrow(`${path}: Circuit.fromJSON: `);
});
