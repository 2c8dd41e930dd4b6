import type {Finding} from './race.js';
import type {Scaling} from './scaling.js';

/** Something this package sets out to show. */
interface Claim {
  readonly claim: string;
  readonly row: string;
  /** Text that the other contender's name holds; for the roofline it does not matter. */
  readonly against?: string;
  /** What the measurement is held against. Default: how many times faster ours is. */
  readonly measured?: (finding: Finding) => number;
  readonly least?: number;
  readonly most?: number;
}

const slowdown = ({ratio}: Finding) => 1 / ratio.median;
const roofline = ({roofline}: Finding) => roofline!.factor;
const overhead = ({ratio}: Finding) => 100 * (1 / ratio.median - 1);

const CLAIMS: readonly Claim[] = [
  {
    claim: 'SBN step, times faster than composed ops on stock wasm',
    row: 'sbn-step',
    against: 'wasm',
    least: 5,
  },
  {
    claim: 'SBN step, times the time of PyTorch on one thread',
    row: 'sbn-step',
    against: 'torch',
    measured: slowdown,
    most: 1.3,
  },
  {
    claim: 'SBN step on two threads, times the time of PyTorch on one',
    row: 'sbn-2-threads',
    against: 'torch, 1',
    measured: slowdown,
    most: 1.3,
  },
  {
    claim: 'CatAE step, times faster than composed ops on stock wasm',
    row: 'catae-step',
    against: 'wasm',
    least: 5,
  },
  {
    claim: 'CatAE step, times the time of PyTorch on one thread',
    row: 'catae-step',
    against: 'torch',
    measured: slowdown,
    most: 1.5,
  },
  {
    claim: 'CatAE step on two threads, times the time of PyTorch on one',
    row: 'catae-2-threads',
    against: 'torch, 1',
    measured: slowdown,
    most: 1.5,
  },
  {
    claim: 'Gate layer 12,000, times faster than 16 gates in PyTorch on two threads',
    row: 'gates-12000',
    against: '16 gates, torch, 2',
    least: 15,
  },
  {
    claim: 'Gate layer 12,000, times faster than 4 coefficients in PyTorch on one thread',
    row: 'gates-12000',
    against: '4 coefficients, torch, 1',
    least: 1,
  },
  {
    claim: 'Gate layer 12,000, times faster than 4 coefficients in PyTorch on two threads',
    row: 'gates-12000',
    against: '4 coefficients, torch, 2',
    least: 1,
  },
  {claim: 'Gate layer 12,000, times the roofline', row: 'gates-12000', measured: roofline, most: 2},
  {
    claim: 'DLN step, times faster than 16 gates in PyTorch on one thread',
    row: 'dln-step',
    against: '16 gates, torch, 1',
    least: 8,
  },
  {
    claim: 'DLN step, times faster than 16 gates in PyTorch on two threads',
    row: 'dln-step',
    against: '16 gates, torch, 2',
    least: 8,
  },
  {claim: 'Monitors, percent of an SBN step', row: 'monitors-sbn', measured: overhead, most: 5},
  {claim: 'Monitors, percent of a DLN step', row: 'monitors-dln', measured: overhead, most: 5},
];

/** A claim beside what was measured. */
export interface Verdict {
  readonly claim: string;
  readonly wanted: string;
  readonly measured: number;
  readonly met: boolean;
}

/** Every claim that this run's rows can answer. */
export function judge(findings: readonly Finding[], scalings: readonly Scaling[]): Verdict[] {
  const claims = CLAIMS.flatMap(({claim, row, against = '', measured, least, most}) => {
    const finding = findings.find((one) => one.row === row && one.against.includes(against));
    if (finding === undefined) return [];
    const value = measured === undefined ? finding.ratio.median : measured(finding);
    return [
      {
        claim,
        wanted: least === undefined ? `at most ${most}` : `at least ${least}`,
        measured: value,
        met: value >= (least ?? -Infinity) && value <= (most ?? Infinity),
      },
    ];
  });
  const exponents = scalings.map(({title, grows, exponent}) => ({
    claim: `${title}: exponent in ${grows}`,
    wanted: '0.9 to 1.1',
    measured: exponent.median,
    met: Math.abs(exponent.median - 1) <= 0.1,
  }));
  return [...claims, ...exponents];
}
