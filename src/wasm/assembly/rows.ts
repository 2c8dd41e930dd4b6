import {addFloats} from './lanes';

/**
 * Copies the rows that `indices` lists, for each of `outer` blocks of `length` rows of `bytes` bytes.
 * The indices must be in 0 ... length - 1.
 */
export function gatherRows(
  x: usize,
  outer: i32,
  length: i32,
  bytes: i32,
  indices: usize,
  count: i32,
  to: usize,
): void {
  const end = indices + ((<usize>count) << 2);
  for (let block = 0; block < outer; block++, x += <usize>length * bytes) {
    if (bytes === 4) {
      for (let at = indices; at < end; at += 4, to += 4) store<u32>(to, load<u32>(x + (load<u32>(at) << 2)));
    } else {
      for (let at = indices; at < end; at += 4, to += bytes)
        memory.copy(to, x + load<u32>(at) * bytes, bytes);
    }
  }
}

/**
 * Copies runs of `bytes` bytes, `inner` of them `innerStride` bytes apart, `middle` such groups, and `outer` of those.
 * The copies are adjacent.
 */
export function copyRuns(
  x: usize,
  outer: i32,
  outerStride: i32,
  middle: i32,
  middleStride: i32,
  inner: i32,
  innerStride: i32,
  bytes: i32,
  to: usize,
): void {
  for (let i = 0; i < outer; i++, x += outerStride) {
    let group = x;
    for (let j = 0; j < middle; j++, group += middleStride) {
      copyGroup(group, inner, innerStride, bytes, to);
      to += <usize>inner * bytes;
    }
  }
}

function copyGroup(from: usize, count: i32, stride: i32, bytes: i32, to: usize): void {
  const end = to + <usize>count * bytes;
  if (bytes === 4) {
    for (; to < end; to += 4, from += stride) store<u32>(to, load<u32>(from));
  } else if (bytes === 1) {
    for (; to < end; to++, from += stride) store<u8>(to, load<u8>(from));
  } else if (bytes < 64) {
    for (; to < end; to += bytes, from += stride) copyBytes(to, from, bytes);
  } else {
    for (; to < end; to += bytes, from += stride) memory.copy(to, from, bytes);
  }
}

/** A few bytes, for which calling `memory.copy` would take longer than copying. */
function copyBytes(to: usize, from: usize, bytes: i32): void {
  const end = to + bytes;
  for (; to + 4 <= end; to += 4, from += 4) store<u32>(to, load<u32>(from));
  for (; to < end; to++, from++) store<u8>(to, load<u8>(from));
}

/**
 * Clears `to` and adds row i of x to its row `segments[i]`; rows whose segment is not in 0 ... count - 1 are left out. A row
 * of x has `parts` parts of `width` floats, each with a segment of its own.
 */
export function addRows(
  x: usize,
  rows: i32,
  parts: i32,
  width: i32,
  segments: usize,
  count: i32,
  to: usize,
): void {
  const bytes = (<usize>width) << 2;
  memory.fill(to, 0, <usize>count * parts * bytes);
  for (let row = 0; row < rows; row++) {
    for (let part = 0; part < parts; part++, segments += 4, x += bytes) {
      const segment = load<u32>(segments);
      if (segment < <u32>count) addFloats(to + (<usize>segment * parts + part) * bytes, x, width);
    }
  }
}
