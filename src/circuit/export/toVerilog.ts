import {checkOptions} from '../../functional/checkOptions.js';
import {invalid} from '../../functional/validate.js';
import type {CircuitParts} from '../Circuit.js';
import {evaluateCircuit} from '../evaluate/evaluateCircuit.js';
import {readSamples, type Samples} from '../evaluate/readSamples.js';
import {simplifyParts} from '../simplify/simplifyParts.js';
import {exportName} from './exportName.js';

/** Arguments of `Circuit.toVerilog`. */
export interface ToVerilogArgs {
  /** Name of the module. Default `circuit`. */
  readonly name?: string;
  /** Samples for a self-checking test bench, a module `<name>_test` behind the circuit's. Default: none. */
  readonly testBench?: Samples;
}

const OWNER = 'Circuit.toVerilog';

/** By gate id, of a simplified circuit. */
const EXPRESSIONS: Readonly<Record<number, (a: string, b: string) => string>> = {
  1: (a, b) => `${a} & ${b}`,
  2: (a, b) => `${a} & ~${b}`,
  4: (a, b) => `~${a} & ${b}`,
  6: (a, b) => `${a} ^ ${b}`,
  7: (a, b) => `${a} | ${b}`,
  8: (a, b) => `~(${a} | ${b})`,
  9: (a, b) => `~(${a} ^ ${b})`,
  11: (a, b) => `${a} | ~${b}`,
  12: (a) => `~${a}`,
  13: (a, b) => `~${a} | ${b}`,
  14: (a, b) => `~(${a} & ${b})`,
};

/** @see Circuit.toVerilog */
export function circuitToVerilog(circuit: CircuitParts, args: ToVerilogArgs = {}): string {
  checkOptions(OWNER, args, ['name', 'testBench']);
  const name = exportName(OWNER, args.name ?? 'circuit');
  const {parts} = simplifyParts(circuit);
  const module = circuitModule(name, parts);
  return args.testBench === undefined ? module : `${module}\n${testBench(name, parts, args.testBench)}`;
}

const width = ({signals, offset}: CircuitParts['scores'][number]) =>
  Math.max(1, 32 - Math.clz32(signals.length + offset));

/** Bits of the port that takes a sample. */
const inputWidth = ({featureType, featureNames, bits}: CircuitParts) =>
  featureType === 'uint8' ? 8 * featureNames.length : Math.max(1, bits.feature.length);

function circuitModule(name: string, parts: CircuitParts): string {
  const {bits, gates, scores, featureType, temperature} = parts;
  const bytes = featureType === 'uint8';
  const count = bits.feature.length;
  const signal = (index: number) => (index < count ? `b${index}` : `g${index - count}`);
  const lines: string[] = [];
  for (let i = 0; i < count; i++) {
    const feature = bits.feature[i]!;
    lines.push(
      bytes
        ? `  wire b${i} = x[${8 * feature + 7}:${8 * feature}] > 8'd${Math.floor(bits.threshold[i]!)};`
        : `  wire b${i} = x[${i}]; // feature ${feature} > ${bits.threshold[i]}`,
    );
  }
  for (let i = 0; i < gates.id.length; i++) {
    const expression = EXPRESSIONS[gates.id[i]!]!(signal(gates.a[i]!), signal(gates.b[i]!));
    lines.push(`  wire g${i} = ${expression};`);
  }
  scores.forEach((score, i) => {
    const terms = Array.from(score.signals, signal);
    if (score.offset > 0 || terms.length === 0) terms.push(`${width(score)}'d${score.offset}`);
    lines.push(`  assign score${i} = ${sum(terms)};`);
  });
  const input = bytes
    ? 'x: the features, a byte each, the first in the lowest bits'
    : 'x: bit i says whether a feature is greater than a threshold, as stands beside its wire';
  return `// A circuit of ${gates.id.length} logic gates, written by tfjs-discrete.
// ${input}.
// score<i>: a count; divided by ${Math.fround(temperature)} it is the score.
module ${name} (
  input wire [${inputWidth(parts) - 1}:0] x,
${scores.map((score, i) => `  output wire [${width(score) - 1}:0] score${i}`).join(',\n')}
);
${lines.join('\n')}
endmodule
`;
}

/** A tree of additions, which is as wide as what it is assigned to. */
function sum(terms: readonly string[]): string {
  if (terms.length === 1) return terms[0]!;
  const half = terms.length >> 1;
  return `(${sum(terms.slice(0, half))} + ${sum(terms.slice(half))})`;
}

function testBench(name: string, parts: CircuitParts, batch: Samples): string {
  const {values, count} = readSamples(OWNER, parts, batch);
  if (count === 0) throw invalid(OWNER, 'testBench', 'of at least one sample', batch.length);
  const {scores, temperature} = parts;
  const found = evaluateCircuit(parts, batch);
  const divisor = Math.fround(temperature);
  const size = inputWidth(parts);
  const steps = Array.from({length: count}, (_, sample) => {
    const expected = scores.map((score, i) => {
      const total = Math.round(found[sample * scores.length + i]! * divisor);
      return `${width(score)}'d${total}`;
    });
    return `    x = ${size}'h${hexadecimal(parts, values, sample)}; expected = {${expected.reverse().join(', ')}}; check;`;
  });
  const widths = scores.map(width);
  const total = widths.reduce((all, one) => all + one, 0);
  const ports = scores.map((_, i) => `.score${i}(score${i})`);
  return `// Ends with PASS, or with FAIL and how many samples were wrong.
module ${name}_test;
  reg [${size - 1}:0] x;
${widths.map((one, i) => `  wire [${one - 1}:0] score${i};`).join('\n')}
  reg [${total - 1}:0] expected;
  integer wrong;
  ${name} circuit (.x(x), ${ports.join(', ')});
  task check;
    begin
      #1;
      if ({${ports
        .map((_, i) => `score${i}`)
        .reverse()
        .join(', ')}} !== expected) wrong = wrong + 1;
    end
  endtask
  initial begin
    wrong = 0;
${steps.join('\n')}
    if (wrong == 0) $display("PASS ${count} samples");
    else $display("FAIL %0d of ${count} samples", wrong);
    $finish;
  end
endmodule
`;
}

/** A sample as the module takes it, the highest bits first. */
function hexadecimal(
  {bits, featureType, featureNames}: CircuitParts,
  values: Float32Array | Uint8Array,
  sample: number,
): string {
  const features = featureNames.length;
  const row = values.subarray(sample * features, (sample + 1) * features);
  if (featureType === 'uint8') {
    return Array.from(row, (byte) => byte.toString(16).padStart(2, '0'))
      .reverse()
      .join('');
  }
  const digits: number[] = new Array<number>(Math.ceil(Math.max(1, bits.feature.length) / 4)).fill(0);
  bits.feature.forEach((feature, i) => {
    if (row[feature]! > bits.threshold[i]!) digits[i >> 2]! |= 1 << (i & 3);
  });
  return digits
    .reverse()
    .map((digit) => digit.toString(16))
    .join('');
}
