import {COUNTER_BITS, COUNTERS, header, LOG_BYTES, NUMBER_BYTES, VALUES} from './program';

function and<T>(a: T, b: T): T {
  if (isVector<T>()) return v128.and(a, b) as T;
  return (a & b) as T;
}

function or<T>(a: T, b: T): T {
  if (isVector<T>()) return v128.or(a, b) as T;
  return (a | b) as T;
}

function xor<T>(a: T, b: T): T {
  if (isVector<T>()) return v128.xor(a, b) as T;
  return (a ^ b) as T;
}

function carry<T>(a: T, b: T, c: T): T {
  return or<T>(and<T>(a, b), and<T>(xor<T>(a, b), c));
}

function sum<T>(a: T, b: T, c: T): T {
  return xor<T>(xor<T>(a, b), c);
}

function isZero<T>(a: T): bool {
  if (isVector<T>()) return !v128.any_true(a);
  return a === (0 as T);
}

/** Adds `word`, of weight 2^(at's counter), to the counters from `at` on; every sample has a counter of its own. */
function ripple<T>(at: usize, word: T): void {
  while (!isZero<T>(word)) {
    const old = load<T>(at);
    store<T>(at, xor<T>(old, word));
    word = and<T>(old, word);
    at += 64;
  }
}

function valueAt<N>(values: usize, from: usize, index: usize): usize {
  return values + ((<usize>load<N>(from + index * sizeof<N>())) << LOG_BYTES);
}

/** Adds eight values: seven full adders make ones, twos and fours of them, and what is left of the eights ripples on. */
function addEight<T, N>(values: usize, from: usize, counters: usize): void {
  const p0 = valueAt<N>(values, from, 0);
  const p1 = valueAt<N>(values, from, 1);
  const p2 = valueAt<N>(values, from, 2);
  const p3 = valueAt<N>(values, from, 3);
  const p4 = valueAt<N>(values, from, 4);
  const p5 = valueAt<N>(values, from, 5);
  const p6 = valueAt<N>(values, from, 6);
  const p7 = valueAt<N>(values, from, 7);
  for (let at: usize = 0; at < 64; at += sizeof<T>()) {
    const ones0 = load<T>(counters + at);
    const v0 = load<T>(p0 + at);
    const v1 = load<T>(p1 + at);
    const twosA = carry<T>(v0, v1, ones0);
    const ones1 = sum<T>(v0, v1, ones0);
    const v2 = load<T>(p2 + at);
    const v3 = load<T>(p3 + at);
    const twosB = carry<T>(v2, v3, ones1);
    const ones2 = sum<T>(v2, v3, ones1);
    const v4 = load<T>(p4 + at);
    const v5 = load<T>(p5 + at);
    const twosC = carry<T>(v4, v5, ones2);
    const ones3 = sum<T>(v4, v5, ones2);
    const v6 = load<T>(p6 + at);
    const v7 = load<T>(p7 + at);
    const twosD = carry<T>(v6, v7, ones3);
    store<T>(counters + at, sum<T>(v6, v7, ones3));
    const twos0 = load<T>(counters + at, 64);
    const foursA = carry<T>(twosA, twosB, twos0);
    const twos1 = sum<T>(twosA, twosB, twos0);
    const foursB = carry<T>(twosC, twosD, twos1);
    store<T>(counters + at, sum<T>(twosC, twosD, twos1), 64);
    const fours0 = load<T>(counters + at, 128);
    const eights = carry<T>(foursA, foursB, fours0);
    store<T>(counters + at, sum<T>(foursA, foursB, fours0), 128);
    ripple<T>(counters + at + 192, eights);
  }
}

/** Counts the ones of `count` values. */
function countOnes<T, N>(values: usize, from: usize, count: usize, counters: usize): usize {
  const size: usize = sizeof<N>();
  const end = from + count * size;
  for (; from + 8 * size <= end; from += 8 * size) addEight<T, N>(values, from, counters);
  for (; from < end; from += size) {
    const value = valueAt<N>(values, from, 0);
    for (let at: usize = 0; at < 64; at += sizeof<T>()) ripple<T>(counters + at, load<T>(value + at));
  }
  return from;
}

/**
 * Adds up one score's values with bit-sliced adders, into the counters.
 *
 * @param table Its entry: how many values it has, what is counted beside them, and their numbers, filled up to a whole
 *   number of 32-bit words.
 * @returns The next score's entry.
 */
export function addUp<T>(table: usize): usize {
  const values = <usize>header(VALUES);
  const counters = <usize>header(COUNTERS);
  const bits = header(COUNTER_BITS);
  const count = <usize>load<i32>(table);
  const offset = load<i32>(table, 4);
  for (let bit: i32 = 0; bit < bits; bit++) {
    memory.fill(counters + ((<usize>bit) << 6), (offset >> bit) & 1 ? 255 : 0, 64);
  }
  table += 8;
  if (header(NUMBER_BYTES) === 2) table = countOnes<T, u16>(values, table, count, counters);
  else table = countOnes<T, u32>(values, table, count, counters);
  return (table + 3) & ~3;
}
