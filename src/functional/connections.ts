import {checkOptions} from './checkOptions.js';
import {fillUniform, type RandomKey, toRandomKey} from './random.js';
import {invalid, oneOf, wholeNumber} from './validate.js';

/** How the two inputs of each logic gate are chosen. */
export const CONNECTION_KINDS = ['random', 'unique'] as const;
/** A name of `CONNECTION_KINDS`. */
export type ConnectionKind = (typeof CONNECTION_KINDS)[number];

/** Arguments of `sampleConnections`. */
export interface ConnectionsArgs {
  /** Default `random`. */
  kind?: ConnectionKind;
  /** Number of inputs, >= 1; `unique` needs units <= inputs (inputs - 1) / 2. */
  inputs: number;
  /** Number of gates, >= 1. */
  units: number;
  /** The same seed gives the same connections. */
  seed: number | RandomKey;
}

/**
 * Samples which two inputs each unit reads, for `logicGates`.
 *
 * `random` deals out shuffled inputs, so that their numbers of readers differ by at most one wherever a
 * unit need not read the same input twice. `unique` gives no two units the same pair, in either order, and
 * takes the nearest inputs first: neighbours, so that every input has a reader when there are units enough,
 * then those two apart, and so on. Which unit reads which pair is random. So the order of inputs
 * matters to it: let neighbours be what belongs together, such as pixels of a row.
 *
 * @returns Indices of a and b, unit by unit, `2 * units` long: reshape it to `[units, 2]` for `logicGates`.
 * @throws when an argument is out of range, or unique connections ask for more units than there are pairs.
 * @see Petersen et al., arXiv:2210.08277, section 3, and the two kinds of connection in difflogic, their program.
 * @example
 * const pairs = functional.sampleConnections({kind: 'unique', inputs: 8, units: 16, seed: 1});
 * const connections = tf.tensor2d(pairs, [16, 2], 'int32');
 */
export function sampleConnections(args: ConnectionsArgs): Int32Array {
  const owner = 'sampleConnections';
  checkOptions(owner, args, ['kind', 'inputs', 'units', 'seed']);
  const {kind = 'random', inputs, units, seed} = args;
  oneOf(owner, 'kind', kind, CONNECTION_KINDS);
  wholeNumber(owner, 'inputs', inputs, 1);
  wholeNumber(owner, 'units', units, 1);
  return connectUnits(owner, kind, inputs, units, seed);
}

/**
 * `sampleConnections` of checked arguments.
 *
 * @param owner Class or function to name in errors.
 */
export function connectUnits(
  owner: string,
  kind: ConnectionKind,
  inputs: number,
  units: number,
  seed: number | RandomKey,
): Int32Array {
  assertEnoughPairs(owner, kind, inputs, units);
  const next = uniforms(toRandomKey(owner, seed));
  return kind === 'random' ? dealInputs(inputs, units, next) : uniquePairs(inputs, units, next);
}

/** @throws if unique connections require more pairs of inputs than there are. */
export function assertEnoughPairs(owner: string, kind: ConnectionKind, inputs: number, units: number): void {
  const pairs = (inputs * (inputs - 1)) / 2;
  if (kind !== 'unique' || units <= pairs) return;
  throw invalid(
    owner,
    'units',
    `<= ${pairs}, the number of pairs of ${inputs} inputs, for unique connections`,
    units,
  );
}

/** A stream of uniforms, a block of 1,024 at a time. */
function uniforms(key: RandomKey): () => number {
  const block = new Float32Array(1024);
  let used = block.length;
  let step = key.step;
  return () => {
    if (used === block.length) {
      fillUniform(block, {...key, step: step++});
      used = 0;
    }
    return block[used++]!;
  };
}

/** Fisher and Yates' shuffle, in place. */
function shuffle<T extends Int32Array | Array<unknown>>(items: T, next: () => number): T {
  for (let last = items.length - 1; last > 0; last--) {
    const other = Math.floor(next() * (last + 1));
    [items[last], items[other]] = [items[other]!, items[last]!];
  }
  return items;
}

function dealInputs(inputs: number, units: number, next: () => number): Int32Array {
  const deck = shuffle(
    Int32Array.from({length: inputs}, (_, input) => input),
    next,
  );
  const hands = shuffle(
    Int32Array.from({length: 2 * units}, (_, slot) => deck[slot % inputs]!),
    next,
  );
  if (inputs > 1) for (let unit = 0; unit < units; unit++) separate(hands, unit, units);
  return hands;
}

/** Where a unit would read one input twice, swaps its second input with the nearest unit that can. */
function separate(hands: Int32Array, unit: number, units: number): void {
  const [a, b] = [hands[2 * unit]!, hands[2 * unit + 1]!];
  if (a !== b) return;
  for (let distance = 1; distance < units; distance++) {
    const other = 2 * ((unit + distance) % units);
    if (hands[other] === b || hands[other + 1] === a) continue;
    hands[2 * unit + 1] = hands[other + 1]!;
    hands[other + 1] = b;
    return;
  }
  hands[2 * unit + 1] = b === 0 ? 1 : 0;
}

/** Nearest pairs first: 0 and 1, 2 and 3, ...; then 1 and 2, 3 and 4, ...; then those two apart, and so on. */
function uniquePairs(inputs: number, units: number, next: () => number): Int32Array {
  const chosen: [number, number][] = [];
  const choose = (distance: number, suits: (first: number) => boolean) => {
    const firsts = Array.from({length: inputs - distance}, (_, first) => first).filter(suits);
    for (const a of shuffle(firsts, next).slice(0, units - chosen.length)) {
      chosen.push(next() < 0.5 ? [a, a + distance] : [a + distance, a]);
    }
  };
  const readsAll = (first: number) => first % 2 === 0 || first === inputs - 2;
  choose(1, readsAll);
  choose(1, (first) => !readsAll(first));
  for (let distance = 2; chosen.length < units; distance++) choose(distance, () => true);
  return Int32Array.from(shuffle(chosen, next).flat());
}
