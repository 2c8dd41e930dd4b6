import {escapeHtml} from './escapeHtml.js';

/** One line of a chart. */
export interface Series {
  readonly name: string;
  /** A CSS colour, such as `var(--layer-0)`. */
  readonly colour: string;
  readonly dashed?: boolean;
  /** One value per epoch; undefined leaves a gap. */
  readonly values: readonly (number | undefined)[];
}

/** A chart over epochs. */
export interface LineChart {
  readonly title: string;
  /** A sentence below the title: units, thresholds. */
  readonly note?: string;
  readonly series: readonly Series[];
  /** Horizontal lines, such as a maximum. */
  readonly limits?: readonly number[];
  /** Least value of the axis; by default the least that is shown. */
  readonly from?: number;
  /** How values look, on the axis and when pointed at. */
  readonly format: (value: number) => string;
}

const WIDTH = 420;
const HEIGHT = 236;
const PLOT = {left: 52, right: WIDTH - 12, top: 12, bottom: HEIGHT - 34};
/** More points than this are a line without dots. */
const MOST_DOTS = 40;

/** A chart as an HTML figure with an SVG and a legend; the page's script shows the values of the epoch pointed at. */
export function lineChart(chart: LineChart, firstEpoch: number): string {
  const {title, note, series, limits = [], format} = chart;
  const epochs = Math.max(...series.map(({values}) => values.length));
  const shown = [...series.flatMap(({values}) => values.filter(isShown)), ...limits];
  const ticks = niceTicks(chart.from ?? Math.min(...shown), Math.max(...shown));
  const [low, high] = [ticks[0]!, ticks.at(-1)!];
  const x = (index: number) =>
    epochs === 1
      ? (PLOT.left + PLOT.right) / 2
      : PLOT.left + (index / (epochs - 1)) * (PLOT.right - PLOT.left);
  const y = (value: number) => PLOT.bottom - ((value - low) / (high - low)) * (PLOT.bottom - PLOT.top);
  const tip = {
    x: Array.from({length: epochs}, (_, i) => round(x(i))),
    epoch: Array.from({length: epochs}, (_, i) => firstEpoch + i),
    series: series.map(({name, colour, values}) => ({
      name,
      colour,
      values: Array.from({length: epochs}, (_, i) =>
        values[i] === undefined ? '–' : showValue(values[i], format),
      ),
    })),
  };
  const parts = [
    ...ticks.map(
      (tick) =>
        `<line class="grid" x1="${PLOT.left}" x2="${PLOT.right}" y1="${round(y(tick))}" y2="${round(y(tick))}"/>` +
        `<text x="${PLOT.left - 7}" y="${round(y(tick) + 4)}" text-anchor="end">${escapeHtml(format(tick))}</text>`,
    ),
    ...epochTicks(epochs, firstEpoch).map(
      (index) =>
        `<text x="${round(x(index))}" y="${PLOT.bottom + 17}" text-anchor="middle">${firstEpoch + index}</text>`,
    ),
    `<text x="${PLOT.right}" y="${HEIGHT - 3}" text-anchor="end">epoch</text>`,
    ...limits.map(
      (value) =>
        `<line class="limit" x1="${PLOT.left}" x2="${PLOT.right}" y1="${round(y(value))}" y2="${round(y(value))}"/>`,
    ),
    ...series.map(({colour, dashed, values}) => {
      const dash = dashed ? ' stroke-dasharray="6 4"' : '';
      const path = `<path d="${pathOf(values, x, y)}" style="stroke:${colour}"${dash}/>`;
      const dots = values.map((value, i) =>
        isShown(value)
          ? `<circle cx="${round(x(i))}" cy="${round(y(value))}" r="3" style="fill:${colour}"/>`
          : '',
      );
      return path + (epochs <= MOST_DOTS ? dots.join('') : '');
    }),
    `<line class="guide" y1="${PLOT.top}" y2="${PLOT.bottom}" x1="0" x2="0" hidden/>`,
  ];
  return [
    `<figure><figcaption>${escapeHtml(title)}</figcaption>`,
    note === undefined ? '' : `<p class="note">${escapeHtml(note)}</p>`,
    legend(series),
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(title)}" tabindex="0" `,
    `data-tip="${escapeHtml(JSON.stringify(tip))}">${parts.join('')}</svg></figure>`,
  ].join('');
}

function legend(series: readonly Series[]): string {
  const entries = series.map(({name, colour, dashed}) => {
    const dash = dashed ? 'dashed' : 'solid';
    return `<li><i style="border-top:3px ${dash} ${colour}"></i>${escapeHtml(name)}</li>`;
  });
  return `<ul class="legend">${entries.join('')}</ul>`;
}

/** Segments between gaps. */
function pathOf(
  values: Series['values'],
  x: (index: number) => number,
  y: (value: number) => number,
): string {
  return values
    .map((value, i) => {
      if (!isShown(value)) return '';
      const command = isShown(values[i - 1]) ? 'L' : 'M';
      return `${command}${round(x(i))} ${round(y(value))}`;
    })
    .join('');
}

const isShown = (value: number | undefined): value is number => value !== undefined && Number.isFinite(value);
const showValue = (value: number, format: (value: number) => string) =>
  Number.isFinite(value) ? format(value) : String(value);
const round = (value: number) => Number(value.toFixed(1));

/** About four round numbers that reach from `low` to `high` and beyond. */
export function niceTicks(low: number, high: number): number[] {
  const [from, to] = Number.isFinite(low) && high > low ? [low, high] : [low || 0, (low || 0) + 1];
  const raw = (to - from) / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((one) => one >= raw * 0.999)!;
  const first = Math.floor(from / step + 1e-9);
  const last = Math.ceil(to / step - 1e-9);
  return Array.from({length: last - first + 1}, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** At most eight whole epochs, evenly spaced. */
function epochTicks(epochs: number, firstEpoch: number): number[] {
  const step = Math.ceil(epochs / 8);
  return Array.from({length: epochs}, (_, i) => i).filter(
    (i) => (firstEpoch - 1 + i) % step === 0 || epochs === 1,
  );
}
