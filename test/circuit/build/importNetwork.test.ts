import {readFileSync} from 'node:fs';
import {zipSync} from 'fflate';
import {describe, expect, it} from 'vitest';
import {importDifflogic, importTorchlogix, type NetworkJson} from '../../../src/circuit/index.js';
import {generator} from '../support.js';

const fixture = (name: string) => readFileSync(new URL(`../../fixtures/${name}`, import.meta.url));
const {network, x, counts} = JSON.parse(fixture('gateNetwork.json').toString()) as {
  network: NetworkJson;
  x: number[][];
  counts: number[][];
};
const expected = Float32Array.from(counts.flat(), (count) => count / 2.5);

describe.each([
  ['importDifflogic', importDifflogic],
  ['importTorchlogix', importTorchlogix],
])('%s', (owner, load) => {
  it.each(['gateNetwork.npz', 'gateNetwork.raw.npz'])(
    'gives the scores that the network in %s gave in Python',
    async (file) => {
      const circuit = await load(fixture(file));
      expect(circuit.evaluate(x.flat())).toEqual(expected);
      expect(circuit.simplify().circuit.evaluate(x.flat())).toEqual(expected);
    },
  );

  it('reads the same from JSON, as text or parsed', async () => {
    expect((await load(JSON.stringify(network))).evaluate(x.flat())).toEqual(expected);
    expect((await load(network, {scoreNames: ['a', 'b', 'c']})).scores[2]!.name).toBe('c');
  });

  it.each<[string, (json: Record<string, unknown>) => void, string]>([
    [
      'a misspelt field',
      (json) => Object.assign(json, {layer: []}),
      'unknown option `layer`; did you mean `layers`?',
    ],
    [
      'inputs too few',
      (json) => Object.assign(json, {inputs: 5}),
      '`a0[0]` must be a whole number from 0 to 4',
    ],
    [
      'groups that do not divide',
      (json) => Object.assign(json, {groups: 7}),
      '`groups` must be a divisor of the last layer (30), got 7',
    ],
    ['tau 0', (json) => Object.assign(json, {tau: 0}), '`tau` must be a finite number > 0, got 0'],
    ['no layers', (json) => Object.assign(json, {layers: []}), '`layers` must be at least one, got 0'],
    [
      'gates that do not exist',
      (json) => Object.assign((json.layers as never[])[1]!, {gates: new Array(33).fill(16)}),
      '`gates1[0]` must be a whole number from 0 to 15, got 16',
    ],
    [
      'lists of other lengths',
      (json) => Object.assign((json.layers as never[])[0]!, {b: [1]}),
      '`b0` must be of length 40, got 1',
    ],
    [
      'a string in place of a list',
      (json) => Object.assign((json.layers as never[])[0]!, {a: 'x'}),
      '`layers[0].a` must be a list, got "x"',
    ],
  ])('rejects %s', async (_, change, message) => {
    const json = structuredClone(network) as unknown as Record<string, unknown>;
    change(json);
    await expect(load(json as never)).rejects.toThrow(message);
    await expect(load(json as never)).rejects.toThrow(owner);
  });

  it('rejects damaged files by an error of its own', async () => {
    const whole = new Uint8Array(fixture('gateNetwork.npz'));
    const random = generator(3);
    for (let i = 0; i < 300; i++) {
      const bytes = whole.slice(0, i % 2 === 0 ? whole.length : random(whole.length));
      for (let k = 0; k < 1 + (i % 4); k++) bytes[random(bytes.length)] = random(256);
      try {
        const circuit = await load(bytes);
        expect(circuit.evaluate(new Array(circuit.features).fill(1)).every(Number.isFinite)).toBe(true);
      } catch (error) {
        expect((error as Error).message).toMatch(/^(import|Circuit)/);
      }
    }
  });

  it('names what is not an array of numbers, and arrays that do not belong', async () => {
    const text = new TextEncoder().encode('hello');
    await expect(load(zipSync({'a0.npy': text}))).rejects.toThrow(
      "`source, array 'a0'` must be an array of NumPy",
    );
    await expect(load(text)).rejects.toThrow(`${owner}: \`source\` must be a whole .npz file`);
    await expect(load('{')).rejects.toThrow('`source` must be valid JSON');
  });
});
