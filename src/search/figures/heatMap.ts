import type {Mark, Spec} from 'vega';
import {checkOptions} from '../../functional/checkOptions.js';
import {objectiveOf} from '../definition.js';
import {checkResult, type SearchResult} from '../results.js';
import {ascending, bestCell, type Cell, cellsOf, domainOf, formatter} from './cells.js';
import {axis, checkTitle, DIAGONAL, font, INK, legend, renderSvg, titleOf} from './chart.js';
import {cellSize, diagonalPath} from './heatMapLayout.js';
import {checkReference, type HeatMapReference, ringMarks} from './reference.js';

/** Options of `heatMap`. */
export interface HeatMapOptions {
  /** Default: the name of the objective. */
  readonly title?: string;
  /** Shows this learning rate. Default: each cell at its best one. */
  readonly learningRate?: number;
  /** A pair to ring for comparison, such as a paper's. */
  readonly reference?: HeatMapReference;
}

const FINITE = 'isValid(datum.mean) && isFinite(datum.mean)';
const COLOUR = "scale('colour', datum.mean)";

/**
 * The papers' heat map: the objective's mean over the seeds, forward temperature to the right and backward temperature
 * upwards, the best cell framed, the diagonal tf = tb dashed. Pairs that were not tried stay empty; a
 * configuration with a failed seed is labelled "failed". Needs the package vega.
 *
 * @returns An SVG. Every cell holds its value twice: rounded as text, and in full as the cell's description.
 * @throws if an option is unknown or of another type, or the reference lies outside the map's temperatures.
 * @see Decoupled Straight-Through's predecessor, figures 2 to 4.
 * @example
 * import {readFile, writeFile} from 'node:fs/promises';
 *
 * const result = fromJson(await readFile('result.json', 'utf8'));
 * await writeFile('heatMap.svg', await heatMap(result, {
 *   reference: {forwardTemperature: 0.1, backwardTemperature: 0.7},
 * }));
 */
export async function heatMap(result: SearchResult, options: HeatMapOptions = {}): Promise<string> {
  checkOptions('heatMap', options, ['title', 'learningRate', 'reference']);
  checkResult('heatMap', result);
  checkTitle('heatMap', options.title);
  if (options.reference !== undefined) checkReference(options.reference);
  const {name, sign} = objectiveOf(result.definition);
  const {title = name, learningRate, reference} = options;
  const cells = cellsOf('heatMap', result, learningRate);
  const columns = ascending(cells.map(({forwardTemperature}) => forwardTemperature));
  const rows = ascending(cells.map(({backwardTemperature}) => backwardTemperature));
  const {domain, cut} = domainOf(
    cells.flatMap(({value}) => value?.mean ?? []),
    sign,
  );
  const format = formatter(domain);
  const best = bestCell(cells, sign);
  const cell = cellSize(rows.length);
  const [width, height] = [columns.length * cell.width, rows.length * cell.height];
  const layout = {columns, rows, cell};
  const position = {
    x: {scale: 'forward', field: 'forward'},
    y: {scale: 'backward', field: 'backward'},
    width: {value: cell.width},
    height: {value: cell.height},
  };

  const figure = {
    x: {scale: 'forward', field: 'forward', band: 0.5},
    y: {scale: 'backward', field: 'backward', band: 0.5},
    text: {field: 'shown'},
    align: {value: 'center' as const},
    baseline: {value: 'middle' as const},
    font,
    fontSize: {value: 12},
    fontWeight: [{test: 'datum.isBest', value: 'bold' as const}, {value: 'normal' as const}],
  };
  const fill = [{test: FINITE, scale: 'colour', field: 'mean'}, {value: '#dfe2e8'}];
  const halo = {fill, stroke: fill, strokeWidth: {value: 5}, strokeJoin: {value: 'round' as const}};

  const values = cells.map((cell) => ({
    forward: cell.forwardTemperature,
    backward: cell.backwardTemperature,
    mean: cell.value?.mean ?? null,
    shown: shown(cell, format),
    description: describe(cell, name),
    isBest: cell === best,
  }));
  const marks: Mark[] = [
    {
      type: 'rect',
      from: {data: 'cells'},
      encode: {
        enter: {
          ...position,
          fill,
          stroke: {value: 'white'},
          strokeWidth: {value: 1},
          description: {field: 'description'},
        },
      },
    },
    {
      type: 'line',
      from: {data: 'diagonal'},
      clip: true,
      encode: {
        enter: {
          x: {field: 'x'},
          y: {field: 'y'},
          stroke: {value: DIAGONAL},
          strokeWidth: {value: 2},
          strokeDash: {value: [5, 4]},
        },
      },
    },
    {
      type: 'rect',
      from: {data: 'best'},
      encode: {
        enter: {...position, fill: {value: 'transparent'}, stroke: {value: INK}, strokeWidth: {value: 3.5}},
      },
    },
    ...(reference === undefined ? [] : ringMarks(reference, layout)),
    // A halo in the cell's colour keeps the lines off the digits.
    {type: 'text', from: {data: 'cells'}, aria: false, encode: {enter: {...figure, ...halo}}},
    {
      type: 'text',
      from: {data: 'cells'},
      aria: false,
      encode: {
        enter: {
          ...figure,
          fill: [{test: `${FINITE} && luminance(${COLOUR}) < 0.3`, value: 'white'}, {value: INK}],
        },
      },
    },
  ];
  const spec: Spec = {
    width,
    height,
    title: titleOf(title, subtitle(result, cells, best, options, cut)),
    data: [
      {name: 'cells', values},
      {name: 'best', values: values.filter(({isBest}) => isBest)},
      {name: 'diagonal', values: diagonalPath(layout)},
    ],
    scales: [
      {name: 'forward', type: 'band', domain: columns, range: 'width'},
      {name: 'backward', type: 'band', domain: rows, range: 'height', reverse: true},
      {
        name: 'colour',
        type: 'linear',
        domain,
        range: {scheme: 'viridis'},
        reverse: sign > 0,
        clamp: true,
      },
    ],
    axes: [
      {...axis, orient: 'bottom', scale: 'forward', title: 'forward temperature'},
      {...axis, orient: 'left', scale: 'backward', title: 'backward temperature'},
    ],
    legends: [
      {
        ...legend,
        fill: 'colour',
        type: 'gradient',
        orient: 'right',
        direction: 'vertical',
        gradientLength: Math.max(80, Math.min(height, 220)),
        gradientThickness: 12,
        offset: 18,
        tickCount: 4,
      },
    ],
    marks,
  };
  return renderSvg(spec, `Heat map of ${title} over forward and backward temperature`);
}

function shown({value}: Cell, format: (value: number) => string): string {
  if (value === undefined) return 'failed';
  return Number.isFinite(value.mean) ? format(value.mean) : String(value.mean).replace('Infinity', '∞');
}

function describe(
  {forwardTemperature, backwardTemperature, learningRate, value, seeds}: Cell,
  name: string,
): string {
  const rate = learningRate === undefined ? '' : `, learning rate ${learningRate}`;
  const outcome =
    value === undefined
      ? 'failed'
      : `${name} ${value.mean}, standard deviation ${value.standardDeviation} over ${seeds} seed${seeds === 1 ? '' : 's'}`;
  return `forward temperature ${forwardTemperature}, backward temperature ${backwardTemperature}${rate}: ${outcome}`;
}

function subtitle(
  {definition, configurations}: SearchResult,
  cells: readonly Cell[],
  best: Cell | undefined,
  {learningRate, reference}: HeatMapOptions,
  cut: boolean,
): string[] {
  const {name, sign} = objectiveOf(definition);
  const seeds = definition.seeds.length;
  const rates = ascending(configurations.flatMap((row) => row.learningRate ?? []));
  const rate =
    learningRate !== undefined
      ? `, learning rate ${learningRate}`
      : rates.length > 1
        ? `, each cell at the best of ${rates.length} learning rates`
        : '';
  const format = formatter(
    domainOf(
      cells.flatMap(({value}) => value?.mean ?? []),
      sign,
    ).domain,
  );
  return [
    `${name}, ${seeds === 1 ? 'one seed' : `mean of ${seeds} seeds`}, ${sign > 0 ? 'less' : 'more'} is better${rate}`,
    best === undefined
      ? 'Nothing to choose from.'
      : `Framed: the best, ${format(best.value!.mean)} at forward ${best.forwardTemperature}, backward ` +
        `${best.backwardTemperature}${rates.length > 1 ? `, learning rate ${best.learningRate}` : ''}. ` +
        'Dashed: equal temperatures.',
    ...(reference === undefined ? [] : [`Ringed: ${describeReference(reference, cells, format)}.`]),
    ...(cut ? ['Colours end where outliers begin.'] : []),
  ];
}

/** Its figure too, if it was tried. */
function describeReference(
  {forwardTemperature, backwardTemperature, label = 'reference'}: HeatMapReference,
  cells: readonly Cell[],
  format: (value: number) => string,
): string {
  const tried = cells.find(
    (cell) =>
      cell.forwardTemperature === forwardTemperature && cell.backwardTemperature === backwardTemperature,
  );
  const at = `forward ${forwardTemperature}, backward ${backwardTemperature}`;
  return tried === undefined ? `${label}, ${at}` : `${label}, ${shown(tried, format)} at ${at}`;
}
