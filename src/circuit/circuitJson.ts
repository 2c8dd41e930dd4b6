import {invalid, oneOf, wholeNumber} from '../functional/validate.js';
import type {CircuitParts, Score} from './Circuit.js';
import {checkParts} from './checkParts.js';
import {LIMITS} from './limits.js';

const OWNER = 'Circuit.fromJSON';
const FORMAT = 'tfjs-discrete/circuit';
const VERSION = 1;

/** Default names of features and scores. */
export const defaultName = {
  feature: (index: number) => `x${index}`,
  score: (index: number) => `score${index}`,
};

/** The JSON format: plain arrays of numbers. Names are left out where all are the default ones, offsets where all are 0. */
export function circuitToJson({
  featureType,
  featureNames,
  bits,
  gates,
  scores,
  temperature,
}: CircuitParts): object {
  const named = featureNames.some((name, i) => name !== defaultName.feature(i));
  const scoresNamed = scores.some(({name}, i) => name !== defaultName.score(i));
  return {
    format: FORMAT,
    version: VERSION,
    features: {
      type: featureType,
      count: featureNames.length,
      ...(named ? {names: [...featureNames]} : undefined),
    },
    bits: {feature: [...bits.feature], threshold: Array.from(bits.threshold, shortest)},
    gates: {id: [...gates.id], a: [...gates.a], b: [...gates.b]},
    scores: {
      signals: scores.map(({signals}) => [...signals]),
      ...(scores.some(({offset}) => offset > 0) ? {offset: scores.map(({offset}) => offset)} : undefined),
      ...(scoresNamed ? {names: scores.map(({name}) => name)} : undefined),
      temperature,
    },
  };
}

/** The shortest decimal that `float32` rounds to the same number. */
function shortest(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

/** @throws unless `json` is the text of a circuit of this version, or what `JSON.parse` made of it. */
export function circuitFromJson(json: unknown): CircuitParts {
  const root = fields('json', typeof json === 'string' ? parse(json) : json, [
    'format',
    'version',
    'features',
    'bits',
    'gates',
    'scores',
  ]);
  if (root.format !== FORMAT) throw invalid(OWNER, 'format', `'${FORMAT}'`, root.format);
  if (root.version !== VERSION) {
    throw invalid(OWNER, 'version', `${VERSION}, the version that this release reads`, root.version);
  }
  const features = fields('features', root.features, ['type', 'count'], ['names']);
  const bits = fields('bits', root.bits, ['feature', 'threshold']);
  const gates = fields('gates', root.gates, ['id', 'a', 'b']);
  const parts: CircuitParts = {
    featureType: oneOf(OWNER, 'features.type', features.type, ['float32', 'uint8']),
    featureNames: readNames('features', features, LIMITS.features, defaultName.feature),
    bits: {
      feature: Int32Array.from(integers('bits.feature', bits.feature, LIMITS.bits)),
      threshold: Float32Array.from(numbers('bits.threshold', bits.threshold, LIMITS.bits)),
    },
    gates: {
      id: Uint8Array.from(integers('gates.id', gates.id, LIMITS.gates, 15)),
      a: Int32Array.from(integers('gates.a', gates.a, LIMITS.gates)),
      b: Int32Array.from(integers('gates.b', gates.b, LIMITS.gates)),
    },
    ...readScores(root.scores),
  };
  checkParts(OWNER, parts);
  return parts;
}

function parse(text: string): unknown {
  if (text.length > LIMITS.text)
    throw invalid(OWNER, 'json', `at most ${LIMITS.text} characters long`, text.length);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${OWNER}: \`json\` must be valid JSON (${(error as Error).message}).`);
  }
}

function readScores(value: unknown): {scores: Score[]; temperature: number} {
  const scores = fields('scores', value, ['signals', 'temperature'], ['offset', 'names']);
  const signals = array('scores.signals', scores.signals, LIMITS.scores);
  const offsets =
    'offset' in scores ? integers('scores.offset', scores.offset, LIMITS.scores) : signals.map(() => 0);
  if (offsets.length !== signals.length) {
    throw invalid(OWNER, 'scores.offset', `of length ${signals.length}`, offsets.length);
  }
  const names = readNames('scores', {...scores, count: signals.length}, LIMITS.scores, defaultName.score);
  const {temperature} = scores;
  if (typeof temperature !== 'number') {
    throw invalid(OWNER, 'scores.temperature', 'a finite number > 0', temperature);
  }
  let counted = 0;
  return {
    temperature,
    scores: signals.map((list, i) => {
      const read = integers(`scores.signals[${i}]`, list, LIMITS.counted);
      counted += read.length;
      if (counted > LIMITS.counted) {
        throw invalid(OWNER, 'scores.signals', `at most ${LIMITS.counted} numbers`, counted);
      }
      return {name: names[i]!, signals: Int32Array.from(read), offset: offsets[i]!};
    }),
  };
}

function readNames(
  field: string,
  {count, names}: Record<string, unknown>,
  most: number,
  name: (index: number) => string,
): string[] {
  const length = wholeNumber(OWNER, `${field}.count`, count, 1);
  if (length > most) throw invalid(OWNER, `${field}.count`, `at most ${most}`, length);
  if (names === undefined) return Array.from({length}, (_, i) => name(i));
  const given = array(`${field}.names`, names, most);
  if (given.length !== length) throw invalid(OWNER, `${field}.names`, `of length ${length}`, given.length);
  return given as string[]; // checkParts looks at each
}

/** @throws unless `value` is an object with the required keys, perhaps the optional ones, and no others. */
function fields(
  field: string,
  value: unknown,
  required: readonly string[],
  optional: readonly string[] = [],
): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(OWNER, field, 'an object', value);
  }
  const keys = Object.keys(value);
  const unknown = keys.find((key) => !required.includes(key) && !optional.includes(key));
  if (unknown !== undefined) {
    throw invalid(
      OWNER,
      field,
      `an object of ${[...required, ...optional].join(', ')}`,
      unknown.slice(0, 100),
    );
  }
  const missing = required.find((key) => !keys.includes(key));
  if (missing !== undefined) throw invalid(OWNER, field, `an object with \`${missing}\``, keys);
  return value as Record<string, unknown>;
}

function array(field: string, value: unknown, most: number): unknown[] {
  if (!Array.isArray(value)) throw invalid(OWNER, field, 'an array', typeof value);
  if (value.length > most) throw invalid(OWNER, field, `at most ${most} long`, value.length);
  return value;
}

function numbers(field: string, value: unknown, most: number): number[] {
  const list = array(field, value, most);
  const odd = list.findIndex((item) => typeof item !== 'number');
  if (odd >= 0) throw invalid(OWNER, `${field}[${odd}]`, 'a number', list[odd]);
  return list as number[];
}

function integers(field: string, value: unknown, length: number, most = 2 ** 31 - 1): number[] {
  const list = array(field, value, length);
  const fits = (item: unknown) => Number.isInteger(item) && (item as number) >= 0 && (item as number) <= most;
  const odd = list.findIndex((item) => !fits(item));
  if (odd >= 0) throw invalid(OWNER, `${field}[${odd}]`, `a whole number from 0 to ${most}`, list[odd]);
  return list as number[];
}
