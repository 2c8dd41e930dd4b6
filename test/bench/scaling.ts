import {type Effort, measureInTurns} from './comparison.js';
import {tensorflowJs} from './programs.js';
import {fittedExponent, type Summary, summarize} from './statistics.js';

/** One size that is doubled five times while the others stay. */
interface Sweep {
  readonly name: string;
  readonly title: string;
  readonly workload: string;
  readonly doubled: string;
  readonly from: number;
  readonly fixed: Readonly<Record<string, number>>;
}

const DOUBLINGS = 5;

/**
 * The smallest sizes are large enough that constant costs do not hide the law: those of the call itself and, for
 * gates, of sampling among their sixteen logits and of walking over the inputs.
 */
export const SWEEPS: readonly Sweep[] = [
  {
    ...{name: 'scaling-gates-units', title: 'Gate layer, 3,000 inputs, batch 100', workload: 'gateLayer'},
    ...{doubled: 'units', from: 6000, fixed: {inputs: 3000, batch: 100}},
  },
  {
    ...{name: 'scaling-gates-batch', title: 'Gate layer, 2,000 inputs and units', workload: 'gateLayer'},
    ...{doubled: 'batch', from: 400, fixed: {inputs: 2000, units: 2000}},
  },
  {
    ...{
      name: 'scaling-categorical-units',
      title: 'Categorical, 8 categories, batch 200',
      workload: 'categorical',
    },
    ...{doubled: 'units', from: 128, fixed: {batch: 200, categories: 8}},
  },
  {
    ...{name: 'scaling-categorical-batch', title: 'Categorical, 128 x 8 categories', workload: 'categorical'},
    ...{doubled: 'batch', from: 200, fixed: {units: 128, categories: 8}},
  },
  {
    ...{name: 'scaling-categories', title: 'Categorical, 64 units, batch 200', workload: 'categorical'},
    ...{doubled: 'categories', from: 16, fixed: {batch: 200, units: 64}},
  },
  {
    ...{name: 'scaling-binary-units', title: 'Binary, batch 200', workload: 'categorical'},
    ...{doubled: 'units', from: 1000, fixed: {batch: 200, categories: 1}},
  },
  {
    ...{name: 'scaling-binary-batch', title: 'Binary, 1,000 units', workload: 'categorical'},
    ...{doubled: 'batch', from: 200, fixed: {units: 1000, categories: 1}},
  },
];

/** How a cost grows with a size: cost = c size^exponent. */
export interface Scaling {
  readonly name: string;
  readonly title: string;
  readonly doubled: string;
  readonly sizes: readonly number[];
  /** Milliseconds of a forward and backward pass at each size. */
  readonly costs: readonly Summary[];
  /** Fitted to each round separately. */
  readonly exponent: Summary;
}

/** Measures one sweep of our kernels; the sizes take turns. */
export async function measureScaling(sweep: Sweep, effort: Effort): Promise<Scaling> {
  const {name, title, workload, doubled, from, fixed} = sweep;
  const sizes = Array.from({length: DOUBLINGS + 1}, (_, doubling) => from * 2 ** doubling);
  const entries = sizes.map((size) => ({
    program: tensorflowJs('ours', workload, {...fixed, [doubled]: size}),
  }));
  const tracks = await measureInTurns(entries, effort);
  const costs = tracks.map(({times}) => times);
  const exponents = costs[0]!.map((_, round) =>
    fittedExponent(
      sizes,
      costs.map((times) => times[round]!),
    ),
  );
  return {name, title, doubled, sizes, costs: costs.map(summarize), exponent: summarize(exponents)};
}
