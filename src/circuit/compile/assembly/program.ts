/**
 * How a circuit lies in the module's memory. The first words, `i32`, say where everything else is;
 * `programLayout.ts` writes them.
 *
 * A value is 512 samples of one signal, a bit each: 64 bytes, the size of a cache line, so that a gate reads two lines
 * and writes one.
 */
export const BYTES_PER_VALUE: usize = 64;
export const LOG_BYTES: usize = 6;

export function header(index: usize): i32 {
  return load<i32>(index << 2);
}

export const FEATURES: usize = 1;
export const SCORES: usize = 2;
/** 1 for bytes, 4 for `float32`. */
export const BYTES_PER_FEATURE: usize = 4;
export const INPUT: usize = 5;
export const OUTPUT: usize = 6;
/** Count and address of the planes, 16 bits each that are packed at a time. */
export const PLANES: usize = 7;
export const PLANE_TABLE: usize = 8;
/** Count and address of the runs: gates of one kind that do not read each other. */
export const RUNS: usize = 9;
export const RUN_TABLE: usize = 10;
export const GATE_TABLE: usize = 11;
export const VALUES: usize = 12;
export const SUM_TABLE: usize = 13;
export const TEMPERATURE: usize = 14;
/** Bits of the largest count, and the address of as many values to count in. */
export const COUNTER_BITS: usize = 15;
export const COUNTERS: usize = 16;
/** 2 or 4: bytes of a value's number in the tables. */
export const NUMBER_BYTES: usize = 17;

/**
 * A plane is up to sixteen bits of sixteen neighbouring features, a threshold each. Its entry of the table: the first
 * feature; from here on the sixteen values to write (0, which nobody reads, for features without a bit);
 */
export const NUMBERS: usize = 4;
/** and from here on the thresholds: bytes that the feature must reach, or numbers that it must exceed. */
export const THRESHOLDS: usize = 68;
