/** A row of numbers in [0, 1) that follows from a seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export type Random = () => number;

export const pick = <T>(items: readonly T[], random: Random): T =>
  items[Math.floor(random() * items.length)]!;

/** What a hostile or careless hand writes in place of a value. */
const VALUES: readonly unknown[] = [
  ...[0, -1, 1, 2, 3, 7, 0.5, 1000, 3e6, 1e9, 2 ** 31, 2 ** 53, 1e15, 1e308, -1e9],
  ...[null, true, false, '', 'a', 'constructor', '__proto__', '../secret.bin', 'weights.bin', 'Dense', 'LogicGateLayer'],
  ...[[], {}, [null], [null, 1e9], [0], [[]], {config: {}}, 'x'.repeat(10_000)],
]; // biome-ignore format: a kind a line

type Container = Record<string, unknown> | unknown[];

/** Changes one thing somewhere in a JSON value: replaces, removes, copies, swaps or renames it. */
export function mutateJson(json: unknown, random: Random): void {
  const containers = [...containersIn(json)];
  const container = pick(containers, random);
  const keys = Object.keys(container);
  if (keys.length === 0) return;
  const key = pick(keys, random);
  const fields = container as Record<string, unknown>;
  const choice = random();
  if (choice < 0.55) fields[key] = pick(VALUES, random);
  else if (choice < 0.7) remove(container, key);
  else if (choice < 0.8) fields[key] = structuredClone(pick(containers, random));
  else if (choice < 0.9) {
    const other = pick(keys, random);
    [fields[key], fields[other]] = [fields[other], fields[key]];
  } else if (Array.isArray(container)) container.push(structuredClone(fields[key]));
  else {
    fields[pick(['units', 'name', 'shape', 'metrics', 'x'], random)] = fields[key];
    remove(container, key);
  }
}

function remove(container: Container, key: string): void {
  if (Array.isArray(container)) container.splice(Number(key), 1);
  else delete container[key];
}

function* containersIn(json: unknown): Generator<Container> {
  if (typeof json !== 'object' || json === null) return;
  yield json as Container;
  for (const part of Object.values(json)) yield* containersIn(part);
}

/** Changes, removes or adds bytes somewhere. */
export function mutateBytes(bytes: Buffer, random: Random): Buffer {
  const at = Math.floor(random() * bytes.length);
  const choice = random();
  if (choice < 0.4) {
    const changed = Buffer.from(bytes);
    if (changed.length > 0) changed[at] = Math.floor(random() * 256);
    return changed;
  }
  if (choice < 0.6) return bytes.subarray(0, at);
  const length = Math.floor(random() * 20);
  if (choice < 0.8) return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
  const more = Buffer.from(Array.from({length}, () => Math.floor(random() * 256)));
  return Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)]);
}
