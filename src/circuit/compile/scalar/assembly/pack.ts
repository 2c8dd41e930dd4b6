import {
  BYTES_PER_FEATURE,
  FEATURES,
  header,
  INPUT,
  LOG_BYTES,
  NUMBERS,
  PLANE_TABLE,
  PLANES,
  THRESHOLDS,
  VALUES,
} from '../../assembly/program';

/** Packs features. @returns Whether one of those that have a bit is NaN. */
export function pack(samples: i32): bool {
  const size = <usize>header(BYTES_PER_FEATURE);
  const values = <usize>header(VALUES);
  let plane = <usize>header(PLANE_TABLE);
  for (let left = header(PLANES); left > 0; left--, plane += THRESHOLDS + (size << 4)) {
    const first = <usize>header(INPUT) + <usize>load<i32>(plane) * size;
    for (let lane: usize = 0; lane < 16; lane++) {
      const number = <usize>load<i32>(plane + NUMBERS + (lane << 2));
      if (number === 0) continue;
      const threshold = plane + THRESHOLDS + lane * size;
      const to = values + (number << LOG_BYTES);
      if (size === 1) packBytes(first + lane, load<u8>(threshold), samples, to);
      else if (packFloats(first + (lane << 2), load<f32>(threshold), samples, to)) return true;
    }
  }
  return false;
}

function packBytes(from: usize, threshold: u8, samples: i32, to: usize): void {
  const stride = <usize>header(FEATURES);
  for (let start: i32 = 0; start < samples; start += 64, to += 8) {
    const count = min(64, samples - start);
    let bits: u64 = 0;
    for (let i: i32 = 0; i < count; i++, from += stride) {
      bits |= (<u64>(load<u8>(from) >= threshold)) << (<u64>i);
    }
    store<u64>(to, bits);
  }
}

function packFloats(from: usize, threshold: f32, samples: i32, to: usize): bool {
  const stride = (<usize>header(FEATURES)) << 2;
  let strange = false;
  for (let start: i32 = 0; start < samples; start += 64, to += 8) {
    const count = min(64, samples - start);
    let bits: u64 = 0;
    for (let i: i32 = 0; i < count; i++, from += stride) {
      const x = load<f32>(from);
      strange = strange || (reinterpret<u32>(x) & 0x7fffffff) > 0x7f800000;
      bits |= (<u64>(x > threshold)) << (<u64>i);
    }
    store<u64>(to, bits);
  }
  return strange;
}
