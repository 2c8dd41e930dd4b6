import {describe, expect, it} from 'vitest';
import {Circuit} from '../../src/circuit/index.js';
import {randomCircuit} from './support.js';

/** y = (a and b) or c, with a threshold of its own each; z counts a and not c. */
function example(): Circuit {
  return new Circuit({
    featureType: 'float32',
    featureNames: ['a', 'b<&"c', 'c'],
    bits: {feature: Int32Array.of(0, 1, 2), threshold: Float32Array.of(0.5, 1, -2)},
    gates: {id: Uint8Array.of(1, 7, 12), a: Int32Array.of(0, 3, 2), b: Int32Array.of(1, 2, 2)},
    scores: [
      {name: 'y', signals: Int32Array.of(4), offset: 0},
      {name: 'z */ "q"\\', signals: Int32Array.of(0, 5), offset: 1},
    ],
    temperature: 2,
  });
}

describe('Circuit.explain', () => {
  it('gives the truth table of a score', () => {
    const {inputs, rows, text} = example().explain('y');
    expect(inputs).toEqual([
      {feature: 'a', threshold: 0.5},
      {feature: 'b<&"c', threshold: 1},
      {feature: 'c', threshold: -2},
    ]);
    const table = rows.map(({bits, value}) => `${bits} ${value}`);
    expect(table).toEqual(['000 0', '001 0.5', '010 0', '011 0.5', '100 0', '101 0.5', '110 0.5', '111 0.5']);
    expect(text.split('\n')[0]).toBe('a > 0.5 | b<&"c > 1 | c > -2 | y');
  });

  it('agrees with evaluate on every row that can occur, and has no others', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const circuit = randomCircuit(seed, {features: 3, bits: 9, gates: 30, scores: 2});
      for (const score of [0, 1]) {
        const {inputs, rows} = circuit.explain(score);
        for (const {bits, value} of rows) {
          // A number between the thresholds that the row's bits say are exceeded and the others.
          const features = circuit.featureNames.map((name) => {
            const own = inputs
              .map((input, i) => ({...input, bit: bits[i]}))
              .filter(({feature}) => feature === name);
            const above = Math.max(-1, ...own.filter(({bit}) => bit === '1').map(({threshold}) => threshold));
            const below = Math.min(2, ...own.filter(({bit}) => bit === '0').map(({threshold}) => threshold));
            expect(above).toBeLessThan(below);
            return (above + below) / 2;
          });
          expect(circuit.evaluate(features)[score]).toBe(value);
        }
        const levels = new Map<string, number>();
        for (const {feature} of inputs) levels.set(feature, (levels.get(feature) ?? 1) + 1);
        expect(rows.length).toBe([...levels.values()].reduce((product, count) => product * count, 1));
      }
    }
  });

  it('rejects a score that does not exist, or that depends on too much', () => {
    expect(() => example().explain('x')).toThrow(
      '`score` must be a name, or a whole number from 0 to 1, got "x"',
    );
    const wide = randomCircuit(1, {features: 40, bits: 40, gates: 0});
    const all = {name: 'all', signals: Int32Array.from({length: 40}, (_, i) => i), offset: 0};
    expect(() => new Circuit({...wide, scores: [all]}).explain(0)).toThrow(
      'depends on at most 12 bits, got "0, of 40"',
    );
  });
});

describe('diagrams', () => {
  it('has a box for every gate, bit that is read and score, and a line for every connection, as SVG', () => {
    const svg = example().toSvg();
    expect([...svg.matchAll(/<rect /g)].length).toBe(3 + 3 + 2);
    expect([...svg.matchAll(/<path /g)].length).toBe(2 + 2 + 1 + 3);
    expect(svg).toContain('b&lt;&amp;&quot;c &gt; 1');
    expect(svg).not.toMatch(/NaN|undefined/);
  });

  it('writes the same for Graphviz', () => {
    const dot = example().toDot();
    expect([...dot.matchAll(/\[label=/g)].length).toBe(8);
    expect([...dot.matchAll(/->/g)].length).toBe(8);
    expect(dot).toContain('label="z */ \\"q\\"\\\\ (+1) / 2"');
  });

  it('rejects a circuit too large to be read', () => {
    const large = randomCircuit(1, {gates: 2000});
    expect(() => large.toSvg()).toThrow('one of at most 2000 bits and gates');
    expect(() => large.toDot()).toThrow('Circuit.toDot: `circuit`');
  });
});

describe('C and Verilog', () => {
  it('keeps names from ending a comment or a string', () => {
    const c = example().toC();
    expect(c).toContain('"z \\052\\057 \\042q\\042\\134"');
    expect(c.split('*/').length).toBe(c.split('/*').length);
  });

  it('splits long circuits into functions of 500 gates', () => {
    const circuit = randomCircuit(1, {features: 50, bits: 50, gates: 20_000, scores: 200});
    const gates = circuit.simplify().circuit.gates.id.length;
    const c = circuit.toC();
    const functions = c.split('static void gates').slice(1);
    expect(functions.length).toBe(Math.ceil(gates / 500));
    for (const one of functions) expect(one.slice(0, one.indexOf('}')).split('\n').length).toBeLessThan(503);
  });

  it.each(['1x', 'a b', 'int', 'module', '', 'x'.repeat(65), 3])('rejects %j for a name', (name) => {
    expect(() => example().toC({name: name as string})).toThrow('Circuit.toC: `name` must be a letter');
    expect(() => example().toVerilog({name: name as string})).toThrow(
      'Circuit.toVerilog: `name` must be a letter',
    );
  });

  it('rejects a test bench without samples, and unknown options', () => {
    expect(() => example().toVerilog({testBench: []})).toThrow('`testBench` must be of at least one sample');
    expect(() => example().toVerilog({testbench: []} as never)).toThrow('did you mean `testBench`?');
    expect(() => example().toC({Name: 'x'} as never)).toThrow('did you mean `name`?');
  });
});
