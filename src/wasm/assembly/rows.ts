/**
 * Copies the rows that `indices` names, for each of `outer` blocks of `length` rows of `bytes` bytes.
 * The indices must lie in 0 ... length - 1.
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
 * Adds row i of x (`width` floats) to row `segments[i]` of a cleared `to`; rows whose segment is not in
 * 0 ... count - 1 are left out. Element j of a row of segments rules part j of the row of x.
 *
 * @param parts Segment numbers in a row of segments.
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
      if (segment < <u32>count) addInto(to + (<usize>segment * parts + part) * bytes, x, width);
    }
  }
}

/** sum[i] += x[i] for n floats. */
function addInto(sum: usize, x: usize, n: i32): void {
  const end = x + ((<usize>n) << 2);
  for (; x + 16 <= end; x += 16, sum += 16) v128.store(sum, f32x4.add(v128.load(sum), v128.load(x)));
  for (; x < end; x += 4, sum += 4) store<f32>(sum, load<f32>(sum) + load<f32>(x));
}
