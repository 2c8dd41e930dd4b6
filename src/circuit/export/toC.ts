import {checkOptions} from '../../functional/checkOptions.js';
import type {CircuitParts} from '../Circuit.js';
import {orderGates} from '../compile/orderGates.js';
import {simplifyParts} from '../simplify/simplifyParts.js';
import {exportName} from './exportName.js';

/** Arguments of `Circuit.toC`. */
export interface ToCArgs {
  /** What the file's functions and constants begin with. Default `circuit`. */
  readonly name?: string;
}

/** Compilers take long over very long functions. */
const GATES_PER_FUNCTION = 500;

/** As `GATE_KINDS` numbers them. */
const EXPRESSIONS: readonly ((a: string, b: string) => string)[] = [
  (a, b) => `${a} & ${b}`,
  (a, b) => `${a} & ~${b}`,
  (a, b) => `${a} | ${b}`,
  (a, b) => `${a} | ~${b}`,
  (a, b) => `${a} ^ ${b}`,
  (a, b) => `~(${a} ^ ${b})`,
  (a, b) => (a === b ? `~${a}` : `~(${a} & ${b})`),
  (a, b) => `~(${a} | ${b})`,
];

/** @see Circuit.toC */
export function circuitToC(circuit: CircuitParts, args: ToCArgs = {}): string {
  checkOptions('Circuit.toC', args, ['name']);
  const name = exportName('Circuit.toC', args.name ?? 'circuit');
  const {parts} = simplifyParts(circuit);
  const {bits, featureNames, featureType, scores, temperature} = parts;
  const {runs, gates, slots, values} = orderGates(parts);
  const bytes = featureType === 'uint8';
  const type = bytes ? 'uint8_t' : 'float';
  const upper = name.toUpperCase();
  const largest = scores.reduce((most, {signals, offset}) => Math.max(most, signals.length + offset), 1);
  const counters = 32 - Math.clz32(largest);
  const hasBits = bits.feature.length > 0;

  const parts64 = gateFunctions(runs, gates);
  const counted = scores.flatMap(({signals}) => Array.from(signals, (signal) => slots[signal]!));
  const ends = scores.map(
    (
      (end) => (score: {signals: Int32Array}) =>
        (end += score.signals.length)
    )(0),
  );
  return `/*
 * A circuit of ${gates.length / 3} logic gates, written by tfjs-discrete. 64 samples are evaluated at a time, a bit of a
 * word each.
 *
 *   int ${name}_run(const ${type} *features, size_t samples, float *scores);
 *
 * features: [samples][${upper}_FEATURES]; scores: [samples][${upper}_SCORES], what is written.
 * Returns 0; -1 where a feature that the circuit reads is NaN; -2 where there is no memory.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define ${upper}_FEATURES ${featureNames.length}
#define ${upper}_SCORES ${scores.length}

int ${name}_run(const ${type} *features, size_t samples, float *scores);
extern const char *const ${name}_score_names[${upper}_SCORES];
const char *const ${name}_score_names[${upper}_SCORES] = {
${rows(
  scores.map((score) => quoted(score.name)),
  4,
)}
};

${hasBits ? bitTables(parts, slots, type) : ''}static const uint32_t score_end[${scores.length}] = {
${rows(ends)}
};
static const uint32_t score_offset[${scores.length}] = {
${rows(scores.map(({offset}) => offset))}
};
${counted.length > 0 ? `static const uint32_t counted[${counted.length}] = {\n${rows(counted)}\n};\n` : ''}
${parts64.join('\n')}
int ${name}_run(const ${type} *features, size_t samples, float *scores) {
  uint64_t *v = malloc(${values} * sizeof *v);
  if (v == NULL) return -2;
  for (size_t start = 0; start < samples; start += 64) {
    const size_t count = samples - start < 64 ? samples - start : 64;
${hasBits ? packing(bits.feature.length, upper, bytes) : '    (void)features;\n'}${parts64
  .map((_, i) => `    gates${i}(v);\n`)
  .join('')}    size_t k = 0;
    (void)k;
    for (size_t s = 0; s < ${upper}_SCORES; s++) {
      uint64_t sum[${counters}];
      for (size_t b = 0; b < ${counters}; b++) sum[b] = (score_offset[s] >> b) & 1 ? ~(uint64_t)0 : 0;
${
  counted.length > 0
    ? `      for (; k < score_end[s]; k++) {
        uint64_t carry = v[counted[k]];
        for (size_t b = 0; carry != 0; b++) {
          const uint64_t old = sum[b];
          sum[b] = old ^ carry;
          carry &= old;
        }
      }
`
    : '      (void)score_end;\n'
}      for (size_t i = 0; i < count; i++) {
        uint32_t total = 0;
        for (size_t b = 0; b < ${counters}; b++) total |= (uint32_t)((sum[b] >> i) & 1) << b;
        scores[(start + i) * ${upper}_SCORES + s] = (float)total / ${float(temperature)};
      }
    }
  }
  free(v);
  return 0;
}
`;
}

function bitTables({bits}: CircuitParts, slots: Int32Array, type: string): string {
  const count = bits.feature.length;
  const bytes = type === 'uint8_t';
  const thresholds = Array.from(bits.threshold, (value) => (bytes ? Math.floor(value) : float(value)));
  return `/* Bit i: whether feature bit_feature[i] is greater than bit_threshold[i]. */
static const uint32_t bit_feature[${count}] = {
${rows([...bits.feature])}
};
static const ${type} bit_threshold[${count}] = {
${rows(thresholds)}
};
static const uint32_t bit_place[${count}] = {
${rows([...slots.subarray(0, count)])}
};
`;
}

function packing(count: number, upper: string, bytes: boolean): string {
  const check = bytes ? '' : '        if (x != x) {\n          free(v);\n          return -1;\n        }\n';
  return `    for (size_t bit = 0; bit < ${count}; bit++) {
      uint64_t word = 0;
      for (size_t i = 0; i < count; i++) {
        const ${bytes ? 'uint8_t' : 'float'} x = features[(start + i) * ${upper}_FEATURES + bit_feature[bit]];
${check}        word |= (uint64_t)(x > bit_threshold[bit]) << i;
      }
      v[bit_place[bit]] = word;
    }
`;
}

function gateFunctions(runs: readonly {kind: number; count: number}[], gates: Int32Array): string[] {
  const lines: string[] = [];
  for (const {kind, count} of runs) {
    for (let i = 0; i < count; i++) {
      const [a, b, out] = gates.subarray(3 * lines.length, 3 * lines.length + 3);
      lines.push(`  v[${out}] = ${EXPRESSIONS[kind]!(`v[${a}]`, `v[${b}]`)};\n`);
    }
  }
  const functions: string[] = [];
  for (let start = 0; start < lines.length; start += GATES_PER_FUNCTION) {
    const body = lines.slice(start, start + GATES_PER_FUNCTION).join('');
    functions.push(`static void gates${functions.length}(uint64_t *v) {\n${body}}\n`);
  }
  return functions;
}

function rows(items: readonly (string | number)[], perRow = 16): string {
  const lines: string[] = [];
  for (let i = 0; i < items.length; i += perRow) lines.push(`  ${items.slice(i, i + perRow).join(', ')},`);
  return lines.join('\n');
}

/** A number that C reads as the same float. */
function float(value: number): string {
  return `${Math.fround(value).toPrecision(9)}f`;
}

/** A C string literal: anything but letters, digits, spaces and minus signs is written as escaped bytes. */
function quoted(text: string): string {
  const bytes = Array.from(new TextEncoder().encode(text), (byte) => {
    const letter = String.fromCharCode(byte);
    return /[A-Za-z0-9 _-]/.test(letter) ? letter : `\\${byte.toString(8).padStart(3, '0')}`;
  });
  return `"${bytes.join('')}"`;
}
