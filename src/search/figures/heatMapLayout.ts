import {ascending} from './cells.js';

/** In pixels. */
interface Size {
  readonly width: number;
  readonly height: number;
}

/** In pixels, from the upper left. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A heat map's temperatures, ascending, and the size of its cells, which stand at equal distances whatever those are. */
export interface HeatMapLayout {
  /** Forward temperatures. */
  readonly columns: readonly number[];
  /** Backward temperatures, from below. */
  readonly rows: readonly number[];
  readonly cell: Size;
}

/** Of a cell: small maps may be large. */
export const cellSize = (rows: number): Size =>
  rows <= 6 ? {width: 64, height: 48} : {width: 52, height: 38};

/** Where a pair stands: in the middle of its cell, or between the middles of its neighbours. */
export function pointAt(forward: number, backward: number, {columns, rows, cell}: HeatMapLayout): Point {
  return {
    x: (position(columns, forward) + 0.5) * cell.width,
    y: (rows.length - position(rows, backward) - 0.5) * cell.height,
  };
}

/** The index that `value` has, or would have between its neighbours. */
function position(sorted: readonly number[], value: number): number {
  const above = sorted.findIndex((one) => one >= value);
  if (above <= 0 || sorted[above] === value) return Math.max(0, above);
  const [low, high] = [sorted[above - 1]!, sorted[above]!];
  return above - 1 + (value - low) / (high - low);
}

/** Where tf = tb: a line through the corners where both axes show the same values. */
export function diagonalPath(layout: HeatMapLayout): Point[] {
  const {columns, rows, cell} = layout;
  const from = Math.max(columns[0] ?? 0, rows[0] ?? 0);
  const to = Math.min(columns.at(-1) ?? 0, rows.at(-1) ?? 0);
  const points = ascending([...columns, ...rows])
    .filter((value) => value >= from && value <= to)
    .map((value) => pointAt(value, value, layout));
  if (points.length === 0) return [];
  // Half a cell more at both ends, so that a single common value shows as well.
  const [first, last] = [points[0]!, points.at(-1)!];
  const half = {x: cell.width / 2, y: cell.height / 2};
  return [{x: first.x - half.x, y: first.y + half.y}, ...points, {x: last.x + half.x, y: last.y - half.y}];
}
