import {useEffect, useMemo, useRef, useState} from 'preact/hooks';
import uPlot, {type AlignedData} from 'uplot';
import 'uplot/dist/uPlot.min.css';
import {short} from '../page/format.js';
import {cssValue} from '../page/layerColour.js';
import {theme} from '../page/theme.js';

/** One line of a chart. */
export interface Line {
  readonly label: string;
  /** Name of a CSS variable. */
  readonly colour: string;
  readonly x: readonly number[];
  readonly y: readonly (number | null | undefined)[];
  readonly dash?: boolean;
  /** Drawn thin and pale, behind the others. */
  readonly faint?: boolean;
}

const HEIGHT = 190;

/** Lines over training steps; all charts share the cursor. */
export function Chart({
  title,
  hint,
  lines,
  format = short,
  tick = format,
}: {
  title: string;
  hint: string;
  lines: readonly Line[];
  format?: (value: number) => string;
  /** Labels of the axis. */
  tick?: (value: number) => string;
}) {
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const [cursor, setCursor] = useState<number | undefined>(undefined);
  const data = useMemo(() => align(lines), [lines]);
  const layout = `${theme.value} ${lines.map(({label, colour, dash}) => `${label} ${colour} ${dash}`).join()}`;

  useEffect(() => {
    const element = holder.current!;
    const axis = {
      stroke: cssValue('--muted'),
      grid: {stroke: cssValue('--line'), width: 1},
      ticks: {stroke: cssValue('--line'), width: 1},
      font: '12px system-ui',
    };
    const made = new uPlot(
      {
        width: element.clientWidth,
        height: HEIGHT,
        legend: {show: false},
        cursor: {sync: {key: 'steps'}, y: false, points: {size: 6}, drag: {x: false, y: false}},
        scales: {x: {time: false}, y: {}},
        axes: [
          {...axis, values: (_, splits) => splits.map((split) => short(split))},
          {...axis, size: 60, values: (_, splits) => splits.map((split) => tick(split))},
        ],
        series: [
          {},
          ...lines.map(({label, colour, dash, faint}) => ({
            label,
            stroke: cssValue(colour),
            width: faint ? 1 : 2,
            alpha: faint ? 0.45 : 1,
            ...(dash ? {dash: [5, 4]} : {}),
            spanGaps: true,
            points: {show: !faint, size: 5, fill: cssValue(colour)},
          })),
        ],
        hooks: {setCursor: [({cursor: {idx}}) => setCursor(idx ?? undefined)]},
      },
      data,
      element,
    );
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({width: element.clientWidth, height: HEIGHT}));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, [layout]);

  useEffect(() => {
    plot.current?.setData(data);
  }, [data]);

  const values = lines.map((line, i) => ({
    ...line,
    value: cursor === undefined ? lastOf(line.y) : lastOf(data[i + 1]!.slice(0, cursor + 1)),
  }));
  const said = values
    .filter(({value}) => value !== undefined)
    .map(({label, value}) => `${label} ${format(value!)}`)
    .join(', ');
  return (
    <figure class="chart">
      <figcaption>
        <h3>{title}</h3>
        <p class="hint">{hint}</p>
        <ul class="legend">
          {values.map(({label, colour, dash, faint, value}) => (
            <li key={label}>
              <span
                class={`swatch ${dash ? 'dashed' : ''} ${faint ? 'faint' : ''}`}
                style={{'--swatch': `var(${colour})`}}
              />
              {label} <b>{value === undefined ? '–' : format(value)}</b>
            </li>
          ))}
        </ul>
      </figcaption>
      <div
        ref={holder}
        class="plot"
        role="img"
        aria-label={`${title} over training steps. ${said || 'No values yet'}.`}
      />
    </figure>
  );
}

/** All lines over the union of their steps. */
function align(lines: readonly Line[]): AlignedData {
  if (lines.length === 0) return [[]];
  return uPlot.join(lines.map(({x, y}) => [x as number[], y as number[]]));
}

function lastOf(values: ArrayLike<number | null | undefined>): number | undefined {
  for (let i = values.length - 1; i >= 0; i--) {
    const value = values[i];
    if (value != null && Number.isFinite(value)) return value;
  }
  return undefined;
}
