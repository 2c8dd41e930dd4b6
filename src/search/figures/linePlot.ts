import type {Legend, Spec} from 'vega';
import {checkOptions} from '../../functional/checkOptions.js';
import {oneOf} from '../../functional/validate.js';
import {objectiveOf} from '../definition.js';
import {checkResult, type SearchResult} from '../results.js';
import {ascending, bestCell, type Cell, cellsOf, domainOf, formatter} from './cells.js';
import {axis, COLOURS, checkTitle, DIAGONAL, GRID, INK, legend, renderSvg, titleOf} from './chart.js';

/** Options of `linePlot`. */
export interface LinePlotOptions {
  /** Default: the name of the objective. */
  readonly title?: string;
  /** Shows this learning rate. Default: each point at its best one. */
  readonly learningRate?: number;
  /** The temperature on the axis; there is one line per value of the other. Default 'backwardTemperature'. */
  readonly along?: 'forwardTemperature' | 'backwardTemperature';
}

interface Line {
  /** A temperature, or what is swept. */
  readonly name: number | string;
  readonly points: readonly {readonly x: number; readonly cell: Cell}[];
}

interface Lines {
  readonly axis: string;
  /** What the lines' names are; absent where they speak for themselves. */
  readonly legend?: string;
  readonly lines: readonly Line[];
}

/**
 * The papers' line plot: the objective over one temperature, one line per value of the other, error bars of one
 * standard deviation over the seeds, points with tf = tb in red, the best point ringed. A sequential search gives its two sweeps, a
 * diagonal one a single line. Needs the package vega.
 *
 * @returns An SVG.
 * @see Decoupled Straight-Through's predecessor, figures 2 to 4.
 * @example
 * import {readFile, writeFile} from 'node:fs/promises';
 *
 * const result = fromJson(await readFile('result.json', 'utf8'));
 * await writeFile('linePlot.svg', await linePlot(result, {along: 'forwardTemperature'}));
 */
export async function linePlot(result: SearchResult, options: LinePlotOptions = {}): Promise<string> {
  checkOptions('linePlot', options, ['title', 'learningRate', 'along']);
  checkResult('linePlot', result);
  checkTitle('linePlot', options.title);
  const {name, sign} = objectiveOf(result.definition);
  const {title = name, learningRate} = options;
  const cells = cellsOf('linePlot', result, learningRate);
  const best = bestCell(cells, sign);
  const {axis: xTitle, legend: legendTitle, lines} = linesOf(result, cells, options);
  const values = lines.flatMap(({name: line, points}) =>
    points
      .filter(({cell}) => cell.value !== undefined && Number.isFinite(cell.value.mean))
      .map(({x, cell}) => ({
        line,
        x,
        mean: cell.value!.mean,
        low: cell.value!.mean - cell.value!.standardDeviation,
        high: cell.value!.mean + cell.value!.standardDeviation,
        isDiagonal: cell.forwardTemperature === cell.backwardTemperature,
        isBest: cell === best,
        description: `forward temperature ${cell.forwardTemperature}, backward temperature ${cell.backwardTemperature}: ${name} ${cell.value!.mean}`,
      })),
  );
  const {domain, cut} = domainOf(
    values.map(({mean}) => mean),
    sign,
  );
  // Bars may reach beyond the points; outliers are cut off.
  const inside = values.filter(({mean}) => mean >= domain[0] && mean <= domain[1]);
  const bars = [Math.min(...inside.map(({low}) => low)), Math.max(...inside.map(({high}) => high))];
  const y = {scale: 'y', field: 'mean'};
  const x = {scale: 'x', field: 'x'};
  const colour = {scale: 'colour', field: 'line'};
  const scale = colourScale(lines);

  const spec: Spec = {
    width: 560,
    height: 340,
    title: titleOf(title, subtitle(result, best, domain, cut, values)),
    data: [
      {name: 'points', values},
      {name: 'diagonal', values: values.filter(({isDiagonal}) => isDiagonal)},
      {name: 'best', values: values.filter(({isBest}) => isBest)},
    ],
    scales: [
      {
        name: 'x',
        type: 'linear',
        domain: {data: 'points', field: 'x'},
        range: 'width',
        zero: false,
        padding: 14,
      },
      {
        name: 'y',
        type: 'linear',
        domain: inside.length > 0 ? bars : [0, 1],
        range: 'height',
        nice: 12,
        zero: false,
      },
      scale,
    ],
    axes: [
      {...axis, orient: 'bottom', scale: 'x', title: xTitle, tickCount: 10},
      {...axis, orient: 'left', scale: 'y', title: name, tickCount: 5, grid: true, gridColor: GRID},
    ],
    legends: lines.length < 2 ? [] : [lineLegend(scale.type === 'ordinal', legendTitle)],
    marks: [
      {
        type: 'rule',
        from: {data: 'points'},
        clip: true,
        encode: {
          enter: {
            x,
            y: {scale: 'y', field: 'low'},
            y2: {scale: 'y', field: 'high'},
            stroke: colour,
            strokeWidth: {value: 1.2},
            strokeOpacity: {value: 0.6},
          },
        },
      },
      {
        type: 'group',
        clip: true,
        from: {facet: {name: 'line', data: 'points', groupby: 'line'}},
        encode: {enter: {width: {signal: 'width'}, height: {signal: 'height'}}},
        marks: [
          {
            type: 'line',
            from: {data: 'line'},
            sort: {field: 'x'},
            encode: {enter: {x, y, stroke: colour, strokeWidth: {value: 2}, strokeJoin: {value: 'round'}}},
          },
        ],
      },
      {
        type: 'symbol',
        from: {data: 'points'},
        clip: true,
        encode: {
          enter: {
            x,
            y,
            size: {value: 34},
            fill: colour,
            stroke: {value: 'white'},
            strokeWidth: {value: 1},
            description: {field: 'description'},
          },
        },
      },
      {
        type: 'symbol',
        from: {data: 'diagonal'},
        clip: true,
        encode: {
          enter: {
            x,
            y,
            size: {value: 54},
            fill: {value: DIAGONAL},
            stroke: {value: 'white'},
            strokeWidth: {value: 1},
          },
        },
      },
      {
        type: 'symbol',
        from: {data: 'best'},
        encode: {
          enter: {
            x,
            y,
            size: {value: 240},
            fill: {value: 'transparent'},
            stroke: {value: INK},
            strokeWidth: {value: 2.5},
          },
        },
      },
    ],
  };
  return renderSvg(spec, `Line plot of ${title} over ${xTitle}`);
}

function linesOf(
  {definition}: SearchResult,
  cells: readonly Cell[],
  {along = 'backwardTemperature'}: LinePlotOptions,
): Lines {
  oneOf('linePlot', 'along', along, ['forwardTemperature', 'backwardTemperature']);
  const {strategy} = definition;
  if (strategy.name === 'diagonal') {
    const points = cells.map((cell) => ({x: cell.forwardTemperature, cell}));
    return {axis: 'temperature, forward and backward', lines: [{name: 'both', points}]};
  }
  if (strategy.name === 'sequential') {
    const fixed = strategy.fixedBackwardTemperature as number;
    const first = cells.filter(({backwardTemperature}) => backwardTemperature === fixed);
    const second = cells.find(({backwardTemperature}) => backwardTemperature !== fixed);
    const sweep1 = {
      name: `forward, at backward ${fixed}`,
      points: first.map((cell) => ({x: cell.forwardTemperature, cell})),
    };
    if (second === undefined) return {axis: 'temperature', lines: [sweep1]};
    const sweep2 = {
      name: `backward, at forward ${second.forwardTemperature}`,
      points: cells
        .filter(({forwardTemperature}) => forwardTemperature === second.forwardTemperature)
        .map((cell) => ({x: cell.backwardTemperature, cell})),
    };
    return {axis: 'temperature', lines: [sweep1, sweep2]};
  }
  const [onAxis, other] =
    along === 'backwardTemperature' ? ([BACKWARD, FORWARD] as const) : ([FORWARD, BACKWARD] as const);
  return {
    axis: onAxis.title,
    legend: other.title,
    lines: ascending(cells.map((cell) => cell[other.key])).map((name) => ({
      name,
      points: cells.filter((cell) => cell[other.key] === name).map((cell) => ({x: cell[onAxis.key], cell})),
    })),
  };
}

const FORWARD = {key: 'forwardTemperature', title: 'forward temperature'} as const;
const BACKWARD = {key: 'backwardTemperature', title: 'backward temperature'} as const;

/** Distinct colours for a few lines, shades for many. */
function colourScale(lines: readonly Line[]) {
  const names = lines.map(({name}) => name);
  if (names.length <= COLOURS.length) {
    return {name: 'colour', type: 'ordinal' as const, domain: names, range: COLOURS};
  }
  const numbers = names as number[];
  return {
    name: 'colour',
    type: 'linear' as const,
    domain: [Math.min(...numbers), Math.max(...numbers)],
    range: {scheme: 'viridis' as const, extent: [0, 0.92]}, // Beyond, it is too pale for a line.
  };
}

function lineLegend(isOrdinal: boolean, title: string | undefined): Legend {
  const common = {...legend, orient: 'right' as const, offset: 18, ...(title === undefined ? {} : {title})};
  return isOrdinal
    ? {...common, stroke: 'colour', symbolType: 'stroke', symbolStrokeWidth: 3}
    : {...common, fill: 'colour', type: 'gradient', gradientLength: 200, gradientThickness: 12};
}

function subtitle(
  {definition}: SearchResult,
  best: Cell | undefined,
  domain: readonly [number, number],
  cut: boolean,
  values: readonly {isDiagonal: boolean; mean: number}[],
): string[] {
  const {sign} = objectiveOf(definition);
  const seeds = definition.seeds.length;
  const beyond = values.filter(({mean}) => mean < domain[0] || mean > domain[1]).length;
  return [
    (seeds === 1 ? 'One seed' : `Mean of ${seeds} seeds, bars of one standard deviation`) +
      (values.some(({isDiagonal}) => isDiagonal) ? '. Red: equal temperatures' : ''),
    ...(best === undefined
      ? []
      : [
          `Ringed: the best, ${formatter(domain)(best.value!.mean)} at forward ${best.forwardTemperature}, ` +
            `backward ${best.backwardTemperature} (${sign > 0 ? 'less' : 'more'} is better)`,
        ]),
    ...(cut ? [`${beyond} point${beyond === 1 ? ' lies' : 's lie'} beyond the axis`] : []),
  ];
}
