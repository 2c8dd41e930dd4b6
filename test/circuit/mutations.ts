import {generator} from './support.js';

const NASTY = [
  ...[
    '-1',
    '1e9',
    '1e999',
    '-0',
    '0.5',
    'null',
    'true',
    '"0"',
    '[]',
    '{}',
    '[[]]',
    '2147483648',
    '4294967295',
  ],
  ...['9007199254740993', '16777216', '1e-320', '[0,[0]]', '{"length":3}', '"\\u0000"', '"__proto__"'],
];

/**
 * A valid JSON text, damaged: cut off, with bytes changed, numbers replaced, parts removed, exchanged or nested, and
 * `__proto__` for a key.
 */
export function* mutations(text: string, count: number, seed: number): Generator<string> {
  const random = generator(seed);
  const pick = <T>(list: readonly T[]): T => list[random(list.length)]!;
  const cut = (at: number, length: number, put: string) => text.slice(0, at) + put + text.slice(at + length);
  const numbers = [...text.matchAll(/-?\d+(\.\d+)?(e-?\d+)?/g)];
  const keys = [...text.matchAll(/"[a-z]+"(?=:)/g)];
  const arrays = [...text.matchAll(/\[[^[\]]*\]/g)];
  const kinds: (() => string)[] = [
    () => text.slice(0, random(text.length)),
    () => cut(random(text.length), 1, String.fromCharCode(32 + random(95))),
    () => cut(random(text.length), 1 + random(20), ''),
    () => {
      const number = pick(numbers);
      return cut(number.index, number[0].length, pick(NASTY));
    },
    () => {
      const number = pick(numbers);
      return cut(number.index, number[0].length, String(random(64)));
    },
    () => {
      const key = pick(keys);
      return cut(
        key.index,
        key[0].length,
        pick([...keys.map(([other]) => other), '"__proto__"', '"constructor"']),
      );
    },
    () => {
      const array = pick(arrays);
      return cut(array.index, array[0].length, pick([...NASTY, ...arrays.map(([other]) => other)]));
    },
    () => {
      const array = pick(arrays);
      return cut(array.index, array[0].length, '['.repeat(1 + random(5000)));
    },
    () => {
      const array = pick(arrays);
      return cut(
        array.index + array[0].length - 1,
        0,
        ',0'.repeat(1 + random(50)).slice(array[0].length === 2 ? 1 : 0),
      );
    },
  ];
  for (let i = 0; i < count; i++) yield kinds[i % kinds.length]!();
}
