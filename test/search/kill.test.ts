import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout} from 'node:timers/promises';
import {afterEach, describe, expect, it} from 'vitest';
import {killAll, linesIn, start, until} from './processes.js';
import {fixturePath, temporaryFolder} from './support.js';

afterEach(killAll);

const definition = {
  strategy: {
    name: 'sequential',
    forwardTemperature: [0, 0.25, 0.5, 1],
    backwardTemperature: [0.3, 0.5, 0.7, 1],
    learningRate: [1e-3, 3e-3],
  },
  seeds: [1, 2],
  minimize: 'valLoss',
  workers: 2,
  trial: fixturePath('trial.mjs'),
};
const TRIALS = (4 + 3) * 2 * 2;

function begin(folder: string, name: string, milliseconds = 20) {
  const [journal, log, output] = [
    join(folder, 'search.jsonl'),
    join(folder, 'log'),
    join(folder, `${name}.out`),
  ];
  // The log's name is a setting, and settings are part of the table.
  const args = {...definition, journal, settings: {milliseconds, log}};
  return {journal, log, output, child: start(fixturePath('runSearch.ts'), [JSON.stringify(args), output])};
}

async function finish(folder: string, name: string): Promise<string> {
  const {child, output} = begin(folder, name);
  expect(await child.ended(), child.output()).toBe(0);
  return readFileSync(output, 'utf8').replaceAll(folder, '');
}

describe('kill -9', () => {
  it('at any moment, repeatedly, does not change the resulting table', async () => {
    const undisturbed = await finish(temporaryFolder(), 'table');
    const folder = temporaryFolder();
    const recorded: Set<string>[] = [];
    const pids: number[] = [];
    // Lines of the journal after which it strikes: before it is opened, after its first line, in the first sweep,
    // between the sweeps, in the second one, and after the last trial.
    for (const [lines, delay] of [
      [0, 150],
      [1, 0],
      [4, 3],
      [9, 11],
      [1 + 16, 5],
      [24, 7],
      [1 + TRIALS, 0],
    ] as const) {
      const {child, journal, output} = begin(folder, 'table');
      let isOver = false;
      child.ended().then(() => {
        isOver = true;
      });
      await until(`${lines} lines`, () => linesIn(journal).length >= lines || isOver);
      await setTimeout(delay);
      await child.kill();
      expect(linesIn(output)).toEqual(lines > TRIALS ? expect.anything() : []);
      recorded.push(
        new Set(
          linesIn(journal)
            .slice(1)
            .map((line) => JSON.parse(line).id),
        ),
      );
      pids.push(child.pid);
    }
    expect(await finish(folder, 'table')).toBe(undisturbed);

    const ids = linesIn(join(folder, 'search.jsonl'))
      .slice(1)
      .map((line) => JSON.parse(line).id);
    expect(ids).toHaveLength(TRIALS);
    expect(new Set(ids).size).toBe(TRIALS);
    // What was recorded when a process died was not begun by any later one.
    for (const line of linesIn(join(folder, 'log'))) {
      const [what, pid, id] = line.split(' ');
      const run = pids.indexOf(Number(pid));
      const known = run < 0 ? recorded.at(-1)! : (recorded[run - 1] ?? new Set());
      if (what === 'begin') expect(known.has(id!), `${id} was run again`).toBe(false);
    }
  });

  it('releases the journal to a second process, which is rejected before', async () => {
    const folder = temporaryFolder();
    const first = begin(folder, 'first', 60_000);
    await until('trials that run', () => linesIn(first.log).length > 0);
    const second = begin(folder, 'second', 60_000);
    expect(await second.child.ended()).toBe(1);
    expect(second.child.output()).toContain(`\`journal\` is in use by process ${first.child.pid}`);
    await first.child.kill();
    const third = begin(folder, 'third', 60_000);
    await until('its trials', () => linesIn(first.log).some((line) => line.includes(` ${third.child.pid} `)));
  });
});
