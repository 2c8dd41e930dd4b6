import {vectorWidth} from '../../src/wasm/vectors.js';
import type {Result} from './comparison.js';
import type {Scaling} from './scaling.js';

/** A speed that this package promises. */
interface Claim {
  readonly claim: string;
  readonly row: string;
  /** Part of the baseline's name; ignored for the roofline. */
  readonly baseline?: string;
  /** The number that is compared with the limit. Default: how many times faster ours is. */
  readonly measured?: (result: Result) => number;
  readonly least?: number;
  readonly most?: number;
  /** The same with 256-bit vectors, where that is another one. */
  readonly mostWide?: number;
}

const slowdown = ({ratio}: Result) => 1 / ratio.median;
const roofline = ({roofline}: Result) => roofline!.factor;
const overhead = ({ratio}: Result) => 100 * (1 / ratio.median - 1);

const CLAIMS: readonly Claim[] = [
  {
    claim: 'SBN step, times faster than composed ops on stock wasm',
    row: 'sbn-step',
    baseline: 'wasm',
    least: 5,
  },
  {
    claim: 'SBN step, times the time of PyTorch on one thread',
    row: 'sbn-step',
    baseline: 'torch',
    measured: slowdown,
    most: 1.3,
    mostWide: 1.1,
  },
  {
    claim: 'SBN step on two threads, times the time of PyTorch on one',
    row: 'sbn-2-threads',
    baseline: 'torch, 1',
    measured: slowdown,
    most: 1.3,
  },
  {
    claim: 'CatAE step, times faster than composed ops on stock wasm',
    row: 'catae-step',
    baseline: 'wasm',
    least: 5,
  },
  {
    claim: 'CatAE step, times the time of PyTorch on one thread',
    row: 'catae-step',
    baseline: 'torch',
    measured: slowdown,
    most: 1.5,
    mostWide: 1.1,
  },
  {
    claim: 'CatAE step on two threads, times the time of PyTorch on one',
    row: 'catae-2-threads',
    baseline: 'torch, 1',
    measured: slowdown,
    most: 1.5,
  },
  {
    claim: 'Gate layer 12,000, times faster than 16 gates in PyTorch on two threads',
    row: 'gates-12000',
    baseline: '16 gates, torch, 2',
    least: 15,
  },
  {
    claim: 'Gate layer 12,000, times faster than 4 coefficients in PyTorch on one thread',
    row: 'gates-12000',
    baseline: '4 coefficients, torch, 1',
    least: 1,
  },
  {
    claim: 'Gate layer 12,000, times faster than 4 coefficients in PyTorch on two threads',
    row: 'gates-12000',
    baseline: '4 coefficients, torch, 2',
    least: 1,
  },
  {claim: 'Gate layer 12,000, times the roofline', row: 'gates-12000', measured: roofline, most: 4},
  {
    claim: 'DLN step, times faster than 16 gates in PyTorch on one thread',
    row: 'dln-step',
    baseline: '16 gates, torch, 1',
    least: 8,
  },
  {
    claim: 'DLN step, times faster than 16 gates in PyTorch on two threads',
    row: 'dln-step',
    baseline: '16 gates, torch, 2',
    least: 8,
  },
  ...[1, 8, 16, 32, 128].map((rows) => ({
    claim: `Product of ${rows} rows with a repeated weight, times faster than stock wasm`,
    row: `matmul-${rows}-rows`,
    baseline: 'wasm',
    least: 0.95, // not slower; the same kernel runs where the weight is packed
  })),
  {
    claim: 'Slice to one column, times faster than stock wasm',
    row: 'slice-column',
    baseline: 'wasm',
    least: 1,
  },
  {
    claim: 'Circuit of 6 x 8,000 gates, times faster than C as difflogic compiles it',
    row: 'circuit-48000',
    baseline: 'difflogic',
    least: 1.5,
  },
  {
    claim: 'Circuit for MNIST, million images per second on one thread',
    row: 'circuit-mnist',
    measured: ({ours}) => 4096 / ours.median / 1000,
    least: 2.5,
  },
  {
    claim: 'Circuit of 6 x 8,000 gates, milliseconds to compile',
    row: 'circuit-compile',
    measured: ({ours}) => ours.median,
    most: 500,
  },
  {claim: 'Monitors, percent of an SBN step', row: 'monitors-sbn', measured: overhead, most: 5},
  {claim: 'Monitors, percent of a DLN step', row: 'monitors-dln', measured: overhead, most: 5},
  {
    claim: 'Monitors of every fourth batch, percent of a DLN step',
    row: 'monitors-dln-fourth',
    measured: overhead,
    most: 5,
  },
];

/** A claim and its measurement. */
export interface ClaimResult {
  readonly claim: string;
  readonly limit: string;
  readonly measured: number;
  readonly met: boolean;
}

/** Evaluates every claim for which this run has rows. */
export function evaluateClaims(results: readonly Result[], scalings: readonly Scaling[]): ClaimResult[] {
  const claims = CLAIMS.flatMap(({claim, row, baseline = '', measured, least, ...limits}) => {
    const most = (vectorWidth() === 256 ? limits.mostWide : undefined) ?? limits.most;
    const result = results.find((one) => one.row === row && one.baseline.includes(baseline));
    if (result === undefined) return [];
    const value = measured === undefined ? result.ratio.median : measured(result);
    return [
      {
        claim,
        limit: least === undefined ? `at most ${most}` : `at least ${least}`,
        measured: value,
        met: value >= (least ?? -Infinity) && value <= (most ?? Infinity),
      },
    ];
  });
  const exponents = scalings.map(({title, doubled, exponent}) => ({
    claim: `${title}: exponent in ${doubled}`,
    limit: '0.9 to 1.1',
    measured: exponent.median,
    met: Math.abs(exponent.median - 1) <= 0.1,
  }));
  return [...claims, ...exponents];
}
