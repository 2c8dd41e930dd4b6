import {transpose4} from './lanes';

/** Rows of A per strip. */
export const STRIP: i32 = 5;

/**
 * Copies a block of A into strips of five rows, stored column by column; the last strip is padded with zeros.
 *
 * @param row Elements from one row of A to the next; `column` likewise.
 * @param strip Address of `depth` floats per row, for `rows` rounded up to whole strips.
 */
export function packStrips(a: usize, row: usize, column: usize, rows: i32, depth: i32, strip: usize): void {
  row <<= 2;
  column <<= 2;
  for (; rows > 0; rows -= STRIP, a += STRIP * row) {
    if (rows < STRIP) {
      packPartialStrip(a, row, column, rows, depth, strip);
      return;
    }
    const end = strip + <usize>depth * (4 * STRIP);
    let from = a;
    if (row === 4) {
      for (; strip < end; strip += 4 * STRIP, from += column) {
        v128.store(strip, v128.load(from));
        store<f32>(strip, load<f32>(from, 16), 16);
      }
      continue;
    }
    if (column === 4) {
      for (; strip + 16 * STRIP <= end; strip += 16 * STRIP, from += 16) {
        transpose4(from, row, strip, 4 * STRIP);
        const fifth = from + 4 * row;
        store<f32>(strip, load<f32>(fifth), 16);
        store<f32>(strip, load<f32>(fifth, 4), 36);
        store<f32>(strip, load<f32>(fifth, 8), 56);
        store<f32>(strip, load<f32>(fifth, 12), 76);
      }
    }
    for (; strip < end; strip += 4 * STRIP, from += column) {
      for (let r: usize = 0; r < <usize>STRIP; r++) store<f32>(strip + (r << 2), load<f32>(from + r * row));
    }
  }
}

function packPartialStrip(a: usize, row: usize, column: usize, rows: i32, depth: i32, strip: usize): void {
  const end = strip + <usize>depth * (4 * STRIP);
  for (; strip < end; strip += 4 * STRIP, a += column) {
    for (let r = 0; r < STRIP; r++) {
      store<f32>(strip + ((<usize>r) << 2), r < rows ? load<f32>(a + r * row) : 0);
    }
  }
}

/**
 * Copies `depth` rows of `columns` of B into a panel of `width` columns, a multiple of four, padded with zeros.
 *
 * @param row Elements from one row of B to the next; `column` likewise.
 */
export function packPanel(
  b: usize,
  row: usize,
  column: usize,
  depth: i32,
  columns: i32,
  width: i32,
  panel: usize,
): void {
  row <<= 2;
  column <<= 2;
  const panelRow = (<usize>width) << 2;
  const end = panel + depth * panelRow;
  if (columns < width) {
    memory.fill(panel, 0, end - panel);
    for (; panel < end; panel += panelRow, b += row) {
      for (let j: usize = 0; j < <usize>columns; j++) {
        store<f32>(panel + (j << 2), load<f32>(b + j * column));
      }
    }
  } else if (column === 4 && width === 16) {
    for (; panel < end; panel += 64, b += row) {
      const b0 = v128.load(b),
        b1 = v128.load(b, 16),
        b2 = v128.load(b, 32),
        b3 = v128.load(b, 48);
      v128.store(panel, b0);
      v128.store(panel, b1, 16);
      v128.store(panel, b2, 32);
      v128.store(panel, b3, 48);
    }
  } else if (column === 4) {
    for (; panel < end; panel += panelRow, b += row) {
      for (let j: usize = 0; j < panelRow; j += 16) v128.store(panel + j, v128.load(b + j));
    }
  } else if (row === 4) {
    const whole = panel + (depth & ~3) * panelRow;
    for (; panel < whole; panel += 4 * panelRow, b += 16) {
      for (let j = 0; j < width; j += 4)
        transpose4(b + j * column, column, panel + ((<usize>j) << 2), panelRow);
    }
    for (; panel < end; panel += panelRow, b += 4) {
      for (let j: usize = 0; j < <usize>width; j++) store<f32>(panel + (j << 2), load<f32>(b + j * column));
    }
  } else {
    for (; panel < end; panel += panelRow, b += row) {
      for (let j: usize = 0; j < <usize>width; j++) store<f32>(panel + (j << 2), load<f32>(b + j * column));
    }
  }
}
