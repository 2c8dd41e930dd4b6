import type {Mark} from 'vega';
import {checkOptions} from '../../functional/checkOptions.js';
import {invalid} from '../../functional/validate.js';
import {INK} from './chart.js';
import {type HeatMapLayout, pointAt} from './heatMapLayout.js';

/** A pair of temperatures to compare with a heat map's best pair. It need not have been tried. */
export interface HeatMapReference {
  /** Its forward temperature. */
  readonly forwardTemperature: number;
  /** Its backward temperature. */
  readonly backwardTemperature: number;
  /** What the subtitle calls it. Default 'reference'. */
  readonly label?: string;
}

/** @throws if it is not a pair of temperatures, or its label is not text. */
export function checkReference(reference: HeatMapReference): void {
  checkOptions('heatMap.reference', reference, ['forwardTemperature', 'backwardTemperature', 'label']);
  const {forwardTemperature, backwardTemperature, label} = reference;
  for (const [field, value] of Object.entries({forwardTemperature, backwardTemperature})) {
    if (typeof value !== 'number') throw invalid('heatMap', `reference.${field}`, 'a number', value);
  }
  if (label !== undefined && typeof label !== 'string')
    throw invalid('heatMap', 'reference.label', 'text', label);
}

/**
 * A ring around the pair's cell, or between cells for a pair between the map's temperatures.
 *
 * @throws if the pair lies outside the map's temperatures.
 */
export function ringMarks(reference: HeatMapReference, layout: HeatMapLayout): Mark[] {
  const {forwardTemperature, backwardTemperature, label = 'reference'} = reference;
  within('reference.forwardTemperature', forwardTemperature, layout.columns);
  within('reference.backwardTemperature', backwardTemperature, layout.rows);
  const {x, y} = pointAt(forwardTemperature, backwardTemperature, layout);
  const description = `${label}: forward temperature ${forwardTemperature}, backward temperature ${backwardTemperature}`;
  const circle = (colour: string, strokeWidth: number, more = {}): Mark => ({
    type: 'symbol',
    encode: {
      enter: {
        x: {value: x},
        y: {value: y},
        size: {value: (layout.cell.height - 8) ** 2}, // the diameter's square
        fill: {value: 'transparent'},
        stroke: {value: colour},
        strokeWidth: {value: strokeWidth},
        ...more,
      },
    },
  });
  // Ink on white shows on every colour.
  return [{...circle('white', 5.5), aria: false}, circle(INK, 2.5, {description: {value: description}})];
}

function within(field: string, value: number, sorted: readonly number[]): void {
  const [low, high] = [sorted[0], sorted.at(-1)];
  if (low !== undefined && high !== undefined && value >= low && value <= high) return;
  throw invalid('heatMap', field, `on the map, which goes from ${low} to ${high}`, value);
}
