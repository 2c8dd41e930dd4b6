import {checkOptions} from './checkOptions.js';
import {fillUniform, type RandomKey, toRandomKey} from './random.js';
import {invalid, oneOf, wholeNumber} from './validate.js';

/** How the two inputs of each logic gate are chosen. */
export const CONNECTION_KINDS = ['random', 'unique', 'balanced'] as const;
/** A name of `CONNECTION_KINDS`. */
export type ConnectionKind = (typeof CONNECTION_KINDS)[number];

/** Arguments of `sampleConnections`. */
export interface ConnectionsArgs {
  /** Default `random`. */
  kind?: ConnectionKind;
  /** Number of inputs, >= 1; `unique` and `balanced` need units <= inputs (inputs - 1) / 2. */
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
 * `balanced` gives no two units the same pair either, and the numbers of readers of any two inputs differ by at most one.
 * It starts from regular pairs of randomly named inputs, and swaps inputs between random units until nothing of
 * that order is left. So the order of inputs does not matter to it.
 *
 * @returns Indices of a and b, unit by unit, `2 * units` long: reshape it to `[units, 2]` for `logicGates`.
 * @throws when an argument is out of range, or unique or balanced connections ask for more units than there are pairs.
 * @see Petersen et al., arXiv:2210.08277, section 3, and the two kinds of connection in difflogic, their program; Milo et al.,
 *   arXiv:cond-mat/0312028, on sampling graphs by swaps.
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
  return CONNECT[kind](inputs, units, next);
}

/** @throws if unique or balanced connections require more pairs of inputs than there are. */
export function assertEnoughPairs(owner: string, kind: ConnectionKind, inputs: number, units: number): void {
  const pairs = (inputs * (inputs - 1)) / 2;
  if (kind === 'random' || units <= pairs) return;
  throw invalid(
    owner,
    'units',
    `<= ${pairs}, the number of pairs of ${inputs} inputs, for ${kind} connections`,
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

/** Swaps that are tried per unit; Milo et al. find no order left from ten on. */
const SWAPS_PER_UNIT = 10;

/** Regular pairs of shuffled inputs, then random swaps that keep every input's number of readers. */
function balancedPairs(inputs: number, units: number, next: () => number): Int32Array {
  const below = (limit: number) => Math.floor(next() * limit);
  const names = shuffle(
    Int32Array.from({length: inputs}, (_, input) => input),
    next,
  );
  const pairs = Int32Array.from(regularPairs(inputs, units), (input) => names[input]!);
  const keyOf = (a: number, b: number) => Math.min(a, b) * inputs + Math.max(a, b);
  const keys = new Set<number>();
  for (let unit = 0; unit < units; unit++) keys.add(keyOf(pairs[2 * unit]!, pairs[2 * unit + 1]!));
  for (let swap = 0; swap < SWAPS_PER_UNIT * units; swap++) {
    const [one, other] = [below(2 * units), below(2 * units)];
    const [a, b, c, d] = [pairs[one]!, pairs[one ^ 1]!, pairs[other]!, pairs[other ^ 1]!];
    if (a === d || b === c || keys.has(keyOf(c, b)) || keys.has(keyOf(a, d))) continue;
    keys.delete(keyOf(a, b));
    keys.delete(keyOf(c, d));
    keys.add(keyOf(c, b));
    keys.add(keyOf(a, d));
    [pairs[one], pairs[other]] = [c, a];
  }
  const turned = Array.from({length: units}, (_, unit) => {
    const first = 2 * unit + (next() < 0.5 ? 0 : 1);
    return [pairs[first]!, pairs[first ^ 1]!];
  });
  return Int32Array.from(shuffle(turned, next).flat());
}

/**
 * Pairs of inputs on a ring, none of them twice, every input in about as many: all pairs 2 apart, then 3, and so on; what is left
 * to choose are neighbours, every other pair of them first.
 */
function regularPairs(inputs: number, units: number): number[] {
  const pairs: number[] = [];
  const choose = (first: number, distance: number) => pairs.push(first, (first + distance) % inputs);
  const whole = Math.floor(units / inputs);
  const distances = Math.floor((inputs - 1) / 2);
  for (let distance = 2; distance <= Math.min(whole + 1, distances); distance++) {
    for (let first = 0; first < inputs; first++) choose(first, distance);
  }
  const even = Math.ceil(inputs / 2); // how many neighbours start at an even input
  const neighbours = Math.min(inputs, units - pairs.length / 2);
  for (let n = 0; n < neighbours; n++) choose(n < even ? 2 * n : 2 * (n - even) + 1, 1);
  for (let first = 0; pairs.length < 2 * units; first++) choose(first, inputs / 2); // opposite inputs, of an even number
  return pairs;
}

const CONNECT: Readonly<
  Record<ConnectionKind, (inputs: number, units: number, next: () => number) => Int32Array>
> = {random: dealInputs, unique: uniquePairs, balanced: balancedPairs};
