import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {define} from '../../src/search/definition.js';
import {grid} from '../../src/search/index.js';
import {Journal} from '../../src/search/Journal.js';
import {mutateBytes, mutateJson, randomNumbers} from './mutate.js';

const definition = define({
  strategy: grid({forwardTemperature: [0.5, 1], backwardTemperature: [1, 2]}),
  seeds: [1],
  minimize: 'valLoss',
});

/** Writes the journal that is to be mutated: three results, one of them NaN, and a failed attempt. */
export async function prepareJournals(folder: string): Promise<void> {
  mkdirSync(folder, {recursive: true});
  const journal = await Journal.open(join(folder, 'whole.jsonl'), definition);
  await journal.recordResult('a', {valLoss: 0.25, accuracy: 0.5}, 1.5);
  await journal.recordError('b', 1, 'out of memory');
  await journal.recordResult('b', {valLoss: Number.NaN, accuracy: 0}, 2);
  await journal.recordResult('c', {valLoss: 0.125, accuracy: 0.75}, 2);
  await journal.close();
}

/**
 * Mutates the prepared journal, number `index`, and opens it.
 *
 * @returns Whether it was opened or rejected.
 * @throws if it holds a result that no line says, or one without a number as objective.
 */
export async function checkJournal(folder: string, index: number): Promise<'loaded' | 'rejected'> {
  const path = join(folder, 'mutated.jsonl');
  const text = mutated(readFileSync(join(folder, 'whole.jsonl')), index);
  writeFileSync(path, text);
  let journal: Journal;
  try {
    journal = await Journal.open(path, definition);
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('search: `journal` ')) return 'rejected';
    throw error;
  }
  await journal.close();
  for (const [id, metrics] of journal.results) {
    if (typeof metrics.valLoss !== 'number') throw new Error(`${id} has no objective.`);
    const said = text
      .toString()
      .split('\n')
      .map(parse)
      .find((line) => line?.id === id && line.error === undefined)?.metrics;
    for (const [name, value] of Object.entries(metrics)) {
      const written = said?.[name];
      const isSame = Object.is(written, value) || (typeof written === 'string' && written === String(value));
      if (!isSame)
        throw new Error(`${id} has ${name} ${value}, and the file says ${JSON.stringify(written)}.`);
    }
  }
  return 'loaded';
}

function mutated(whole: Buffer, index: number): Buffer {
  const random = randomNumbers(index);
  if (random() < 0.3) return mutateBytes(whole, random);
  const lines = whole.toString().trimEnd().split('\n');
  const values = lines.map((line) => JSON.parse(line));
  for (let count = 1 + Math.floor(random() * 2); count > 0; count--) {
    // The first line changes seldom: what it says must not change at all.
    const number = random() < 0.1 ? 0 : 1 + Math.floor(random() * (values.length - 1));
    const line = [values[number]];
    mutateJson(random() < 0.1 || !(line[0] instanceof Object) ? line : line[0], random);
    values[number] = line[0];
  }
  return Buffer.from(values.map((value) => `${JSON.stringify(value)}\n`).join(''));
}

// biome-ignore lint/suspicious/noExplicitAny: mutated JSON.
function parse(line: string): any {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
