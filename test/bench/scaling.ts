import {tensorflowJs} from './programs.js';
import {type Effort, race} from './race.js';
import {fittedExponent, type Summary, summarize} from './statistics.js';

/** What is doubled, five times, while the rest stays. */
interface Sweep {
  readonly name: string;
  readonly title: string;
  readonly work: string;
  readonly grows: string;
  readonly from: number;
  readonly fixed: Readonly<Record<string, number>>;
}

const DOUBLINGS = 5;

/** The smallest sizes take about a millisecond, so that the call itself does not hide the law. */
export const SWEEPS: readonly Sweep[] = [
  {
    ...{name: 'scaling-gates-units', title: 'Gate layer forward + backward, batch 100', work: 'gateLayer'},
    ...{grows: 'units', from: 6000, fixed: {inputs: 12_000, batch: 100}},
  },
  {
    ...{name: 'scaling-gates-batch', title: 'Gate layer forward + backward, 12,000 units', work: 'gateLayer'},
    ...{grows: 'batch', from: 50, fixed: {inputs: 12_000, units: 12_000}},
  },
  {
    ...{
      name: 'scaling-categorical-units',
      title: 'Categorical, 8 categories, batch 200',
      work: 'categorical',
    },
    ...{grows: 'units', from: 64, fixed: {batch: 200, categories: 8}},
  },
  {
    ...{name: 'scaling-categorical-batch', title: 'Categorical, 64 x 8 categories', work: 'categorical'},
    ...{grows: 'batch', from: 200, fixed: {units: 64, categories: 8}},
  },
  {
    ...{name: 'scaling-categories', title: 'Categorical, 64 units, batch 200', work: 'categorical'},
    ...{grows: 'categories', from: 8, fixed: {batch: 200, units: 64}},
  },
  {
    ...{name: 'scaling-binary-units', title: 'Binary, batch 128', work: 'categorical'},
    ...{grows: 'units', from: 800, fixed: {batch: 128, categories: 1}},
  },
  {
    ...{name: 'scaling-binary-batch', title: 'Binary, 800 units', work: 'categorical'},
    ...{grows: 'batch', from: 128, fixed: {units: 800, categories: 1}},
  },
];

/** How a cost grows with a size: cost = c size^exponent. */
export interface Scaling {
  readonly name: string;
  readonly title: string;
  readonly grows: string;
  readonly sizes: readonly number[];
  /** Milliseconds of a forward and backward pass at each size. */
  readonly costs: readonly Summary[];
  /** Fitted to each round by itself. */
  readonly exponent: Summary;
}

/** Measures one sweep of our own form; the sizes take turns. */
export async function measureScaling(sweep: Sweep, effort: Effort): Promise<Scaling> {
  const {name, title, work, grows, from, fixed} = sweep;
  const sizes = Array.from({length: DOUBLINGS + 1}, (_, doubling) => from * 2 ** doubling);
  const entries = sizes.map((size) => ({program: tensorflowJs('ours', work, {...fixed, [grows]: size})}));
  const tracks = await race(entries, effort);
  const costs = tracks.map(({times}) => times);
  const exponents = costs[0]!.map((_, round) =>
    fittedExponent(
      sizes,
      costs.map((times) => times[round]!),
    ),
  );
  return {name, title, grows, sizes, costs: costs.map(summarize), exponent: summarize(exponents)};
}
