import 'tfjs-discrete';
import {describe, expect, it, vi} from 'vitest';
import type {Mistake} from './Mistake.js';
import {circuitMistakes, nodeMistakes, registryMistakes} from './rows/deployment.js';
import {functionalMistakes} from './rows/functional.js';
import {layerMistakes} from './rows/layers.js';
import {analysisMistakes, searchMistakes} from './rows/studies.js';
import {callbackMistakes, optimizerMistakes, reportMistakes} from './rows/training.js';

const TABLE: Readonly<Record<string, readonly Mistake[]>> = {
  layers: layerMistakes,
  functional: functionalMistakes,
  callbacks: callbackMistakes,
  optimizers: optimizerMistakes,
  'report and summary': reportMistakes,
  search: searchMistakes,
  analysis: analysisMistakes,
  circuit: circuitMistakes,
  'files and backends': nodeMistakes,
  registry: registryMistakes,
};

/** What the mistake is answered with: an error, or else a warning; undefined where it stays silent. */
async function answerTo({make}: Mistake): Promise<string | undefined> {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  try {
    await make();
    return warn.mock.calls.at(-1)?.map(String).join(' ');
  } catch (error) {
    return (error as Error).message;
  } finally {
    warn.mockRestore();
  }
}

describe.each(Object.entries(TABLE))('in %s', (_, rows) => {
  it.each(rows.map((row) => [row.title, row] as const))(
    '%s is answered with what to do',
    async (_, mistake) => {
      const answer = await answerTo(mistake);
      expect(answer, 'the mistake stays silent').toBeDefined();
      for (const name of mistake.names) expect(answer).toContain(name);
    },
  );
});

it('lists at least 90 mistakes', () => {
  expect(Object.values(TABLE).flat().length).toBeGreaterThanOrEqual(90);
});
