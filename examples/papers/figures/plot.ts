import {type Axis, type Mark, parse, type Scale, type Spec, View} from 'vega';
import {axis, COLOURS, FONT, GRID, INK, legend} from './style.js';

/** A point of a line; `low` and `high` are the limits of a band around it. */
export interface Point {
  readonly x: number;
  readonly y: number;
  readonly low?: number;
  readonly high?: number;
}

interface Labelled {
  readonly title: string;
  readonly xTitle: string;
  readonly yTitle: string;
}

/** Lines over numbers. */
export interface Lines extends Labelled {
  readonly kind: 'lines';
  readonly logarithmic?: boolean;
  readonly series: readonly {readonly name: string; readonly points: readonly Point[]}[];
}

/** Bars over names, a group of bars a name. */
export interface Bars extends Labelled {
  readonly kind: 'bars';
  readonly names: readonly string[];
  readonly series: readonly {readonly name: string; readonly values: readonly number[]}[];
}

/** Numbers over two numbers, each cell with its value. */
export interface Heat extends Labelled {
  readonly kind: 'heat';
  readonly cells: readonly {readonly x: number; readonly y: number; readonly value: number}[];
}

export type Panel = Lines | Bars | Heat;

const WIDTH = 320;
const HEIGHT = 240;

/** Draws panels side by side as one SVG, on white. */
export async function draw(panels: readonly Panel[], columns = panels.length): Promise<string> {
  const spec: Spec = {
    padding: 12,
    background: 'white',
    config: {
      axis,
      title: {font: FONT, color: INK, fontSize: 14, fontWeight: 600, anchor: 'start', offset: 10},
      legend: {...legend, orient: 'bottom', columns: 2},
    },
    layout: {columns, padding: {row: 36, column: 44}, bounds: 'full', align: 'each'},
    marks: panels.map(groupOf),
  };
  const view = new View(parse(spec), {renderer: 'none'});
  const svg = await view.toSVG();
  view.finalize();
  return svg;
}

function groupOf(panel: Panel, index: number): Mark {
  const parts = {lines: linesOf, bars: barsOf, heat: heatOf}[panel.kind](panel as never, `p${index}`);
  const [width, height] = [panel.kind === 'bars' ? 2 * WIDTH : WIDTH, HEIGHT];
  return {
    type: 'group',
    title: {text: panel.title},
    encode: {enter: {width: {value: width}, height: {value: height}}},
    // The grid's lines are as long as these say.
    signals: [
      {name: 'width', value: width},
      {name: 'height', value: height},
    ],
    ...parts,
  };
}

type Parts = Partial<Spec> & {marks: Mark[]; scales: Scale[]; axes: Axis[]};

function linesOf({series, xTitle, yTitle, logarithmic = false}: Lines, id: string): Parts {
  const values = series.flatMap(({name, points}) =>
    points.map((point) => ({name, low: point.y, high: point.y, ...point})),
  );
  const finite = values.filter(({y}) => Number.isFinite(y) && (y > 0 || !logarithmic));
  const extent = [Math.min(...finite.map(({low}) => low)), Math.max(...finite.map(({high}) => high))];
  const encoding = {x: {scale: `${id}x`, field: 'x'}, stroke: {scale: `${id}c`, field: 'name'}};
  return {
    data: [{name: id, values: finite}],
    scales: [
      {
        name: `${id}x`,
        type: 'linear',
        domain: {data: id, field: 'x'},
        range: [0, WIDTH],
        zero: false,
        padding: 8,
      },
      {
        name: `${id}y`,
        type: logarithmic ? 'log' : 'linear',
        domain: extent,
        range: [HEIGHT, 0],
        nice: !logarithmic,
        zero: false,
      } as Scale,
      {name: `${id}c`, type: 'ordinal', domain: series.map(({name}) => name), range: COLOURS},
    ],
    axes: [
      {orient: 'bottom', scale: `${id}x`, title: xTitle, tickCount: 8},
      {orient: 'left', scale: `${id}y`, title: yTitle, tickCount: 5, grid: true, gridColor: GRID},
    ],
    legends: series.length < 2 ? [] : [{stroke: `${id}c`, symbolType: 'stroke', symbolStrokeWidth: 3}],
    marks: [
      {
        type: 'group',
        from: {facet: {name: `${id}line`, data: id, groupby: 'name'}},
        marks: [
          {
            type: 'area',
            from: {data: `${id}line`},
            encode: {
              enter: {
                x: {scale: `${id}x`, field: 'x'},
                y: {scale: `${id}y`, field: 'low'},
                y2: {scale: `${id}y`, field: 'high'},
                fill: {scale: `${id}c`, field: 'name'},
                fillOpacity: {value: 0.15},
              },
            },
          },
          {
            type: 'line',
            from: {data: `${id}line`},
            encode: {enter: {...encoding, y: {scale: `${id}y`, field: 'y'}, strokeWidth: {value: 2}}},
          },
          {
            type: 'symbol',
            from: {data: `${id}line`},
            encode: {
              enter: {
                ...encoding,
                y: {scale: `${id}y`, field: 'y'},
                fill: {value: 'white'},
                size: {value: Math.max(...series.map(({points}) => points.length)) > 25 ? 0 : 30},
              },
            },
          },
        ],
      },
    ],
  };
}

function barsOf({series, names, xTitle, yTitle}: Bars, id: string): Parts {
  const values = series.flatMap(({name, values: heights}) =>
    heights.map((value, i) => ({series: name, name: names[i], value})),
  );
  return {
    data: [{name: id, values}],
    scales: [
      {name: `${id}x`, type: 'band', domain: [...names], range: [0, 2 * WIDTH], paddingInner: 0.25},
      {
        name: `${id}y`,
        type: 'linear',
        domain: {data: id, field: 'value'},
        range: [HEIGHT, 0],
        nice: true,
        zero: true,
      },
      {name: `${id}c`, type: 'ordinal', domain: series.map(({name}) => name), range: COLOURS},
    ],
    axes: [
      {
        orient: 'bottom',
        scale: `${id}x`,
        title: xTitle,
        labelAngle: -60,
        labelAlign: 'right',
        labelBaseline: 'middle',
      },
      {orient: 'left', scale: `${id}y`, title: yTitle, tickCount: 5, grid: true, gridColor: GRID},
    ],
    legends: series.length < 2 ? [] : [{fill: `${id}c`}],
    marks: [
      {
        type: 'group',
        from: {facet: {name: `${id}bar`, data: id, groupby: 'name'}},
        encode: {enter: {x: {scale: `${id}x`, field: 'name'}}},
        signals: [{name: 'width', update: `bandwidth('${id}x')`}],
        scales: [{name: `${id}s`, type: 'band', domain: series.map(({name}) => name), range: 'width'}],
        marks: [
          {
            type: 'rect',
            from: {data: `${id}bar`},
            encode: {
              enter: {
                x: {scale: `${id}s`, field: 'series'},
                width: {scale: `${id}s`, band: 1},
                y: {scale: `${id}y`, field: 'value'},
                y2: {scale: `${id}y`, value: 0},
                fill: {scale: `${id}c`, field: 'series'},
              },
            },
          },
        ],
      },
    ],
  };
}

function heatOf({cells, xTitle, yTitle}: Heat, id: string): Parts {
  const ascending = (values: number[]) => [...new Set(values)].sort((a, b) => a - b);
  const encoding = {x: {scale: `${id}x`, field: 'x'}, y: {scale: `${id}y`, field: 'y'}};
  return {
    data: [{name: id, values: [...cells]}],
    scales: [
      {name: `${id}x`, type: 'band', domain: ascending(cells.map(({x}) => x)), range: [0, WIDTH]},
      {name: `${id}y`, type: 'band', domain: ascending(cells.map(({y}) => y)), range: [HEIGHT, 0]},
      {
        name: `${id}c`,
        type: 'linear',
        domain: {data: id, field: 'value'},
        range: {scheme: 'viridis'},
        zero: false,
      } as Scale,
    ],
    axes: [
      {orient: 'bottom', scale: `${id}x`, title: xTitle},
      {orient: 'left', scale: `${id}y`, title: yTitle},
    ],
    legends: [{fill: `${id}c`, type: 'gradient', direction: 'horizontal', gradientLength: 160}],
    marks: [
      {
        type: 'rect',
        from: {data: id},
        encode: {
          enter: {
            ...encoding,
            width: {scale: `${id}x`, band: 1},
            height: {scale: `${id}y`, band: 1},
            fill: {scale: `${id}c`, field: 'value'},
            stroke: {value: 'white'},
          },
        },
      },
      {
        type: 'text',
        from: {data: id},
        encode: {
          enter: {
            x: {scale: `${id}x`, field: 'x', band: 0.5},
            y: {scale: `${id}y`, field: 'y', band: 0.5},
            text: {signal: "format(datum.value, '.3~g')"},
            align: {value: 'center'},
            baseline: {value: 'middle'},
            font: {value: FONT},
            fontSize: {value: 12},
            fill: {signal: `luminance(scale('${id}c', datum.value)) < 0.3 ? 'white' : '${INK}'`},
          },
        },
      },
    ],
  };
}
