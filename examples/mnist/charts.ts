import {parse, type Spec, View} from 'vega';

/** One line of a chart: a value an epoch, the first epoch first; undefined leaves a gap. */
export interface Series {
  readonly name: string;
  readonly values: readonly (number | undefined)[];
}

export interface Chart {
  readonly title: string;
  /** How numbers on the axis look, in d3's format language, such as `.0%`. */
  readonly format?: string;
  /** Whether the axis begins at 0, for figures whose size counts rather than their change. */
  readonly fromZero?: boolean;
  readonly series: readonly Series[];
}

/** Colours that people with colour-blindness tell apart (Okabe and Ito), darker ones first. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00'];
const FONT = 'system-ui, sans-serif';
const INK = '#3b4252';
const FAINT = '#8a93a6';

/** Draws a chart over epochs as an SVG element. */
export async function drawChart(chart: Chart): Promise<string> {
  const view = new View(parse(specification(chart)), {renderer: 'none'});
  const svg = await view.toSVG();
  view.finalize();
  return svg.replace('<svg', `<svg role="img" aria-label="${chart.title}"`);
}

function specification({format, fromZero = false, series}: Chart): Spec {
  const values = series.flatMap(({name, values}) =>
    values.flatMap((value, epoch) => (value === undefined ? [] : [{name, epoch: epoch + 1, value}])),
  );
  const last = Math.max(1, ...series.map(({values}) => values.length));
  const axis = {
    labelFont: FONT,
    labelColor: FAINT,
    labelFontSize: 12,
    titleFont: FONT,
    titleColor: FAINT,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    domain: false,
    ticks: false,
    labelPadding: 6,
  } as const;
  return {
    width: 420,
    height: 260,
    padding: 8,
    autosize: {type: 'fit', contains: 'padding'},
    data: [{name: 'figures', values}],
    scales: [
      {name: 'x', type: 'linear', domain: [1, Math.max(2, last)], range: 'width', zero: false, padding: 10},
      {
        name: 'y',
        type: 'linear',
        domain: span(
          values.map(({value}) => value),
          fromZero,
        ),
        range: 'height',
        nice: 4,
        zero: false,
      },
      {name: 'colour', type: 'ordinal', domain: series.map(({name}) => name), range: COLOURS},
    ],
    axes: [
      {
        ...axis,
        orient: 'bottom',
        scale: 'x',
        title: 'epoch',
        values: wholeTicks(last),
        format: 'd',
      },
      {
        ...axis,
        orient: 'left',
        scale: 'y',
        tickCount: 4,
        grid: true,
        gridColor: '#e8ebf0',
        ...(format === undefined ? {} : {format}),
      },
    ],
    legends:
      series.length < 2
        ? []
        : [
            {
              stroke: 'colour',
              orient: 'top',
              direction: 'horizontal',
              symbolType: 'stroke',
              symbolStrokeWidth: 3,
              labelFont: FONT,
              labelColor: INK,
              labelFontSize: 13,
              columnPadding: 14,
              offset: 8,
            },
          ],
    marks: [
      {
        type: 'group',
        from: {facet: {name: 'line', data: 'figures', groupby: 'name'}},
        marks: [
          {
            type: 'line',
            from: {data: 'line'},
            encode: {
              enter: {
                x: {scale: 'x', field: 'epoch'},
                y: {scale: 'y', field: 'value'},
                stroke: {scale: 'colour', field: 'name'},
                strokeWidth: {value: 2.5},
                strokeCap: {value: 'round'},
                strokeJoin: {value: 'round'},
              },
            },
          },
          {
            type: 'symbol',
            from: {data: 'line'},
            encode: {
              enter: {
                x: {scale: 'x', field: 'epoch'},
                y: {scale: 'y', field: 'value'},
                fill: {value: 'white'},
                stroke: {scale: 'colour', field: 'name'},
                strokeWidth: {value: 2},
                size: {value: last > 30 ? 0 : 36},
              },
            },
          },
        ],
      },
    ],
  };
}

/** The ends of an axis, apart even where all values are the same. */
function span(values: number[], fromZero: boolean): [number, number] {
  const finite = values.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite, fromZero ? 0 : Infinity), Math.max(...finite)];
  return high > low ? [low, high] : [low, low + 1];
}

/** At most ten whole numbers from 1 to `last`, evenly spaced. */
function wholeTicks(last: number): number[] {
  const step = Math.ceil(last / 10);
  return Array.from({length: Math.ceil(last / step)}, (_, i) => 1 + i * step);
}
