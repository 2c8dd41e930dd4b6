/**
 * Brings the tables of docs/results, or of another folder, up to date with the recorded runs in its folder `data`.
 *
 * In a page, what stands between `<!-- runs <experiment> -->` and `<!-- end -->` is replaced by the table of that
 * experiment's runs, one table for each set of settings, and by what the runs took; `<!-- runs <experiment> epochs=4 -->` takes only
 * those with that setting.
 *
 *     node --import tsx examples/papers/pages.ts [folder]
 */
import {readdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import deadUnits from './deadUnits.js';
import dlnSetup from './dlnSetup.js';
import {tableOf} from './experiment.js';
import {keyOfValues, type Result, readResults} from './results.js';
import schedules from './schedules.js';
import {TASKS} from './tasks.js';
import trackedMoments from './trackedMoments.js';

const EXPERIMENTS = {
  ...TASKS,
  cataeTorch: TASKS.catae,
  deadUnits,
  dlnSetup,
  schedules,
  trackedMoments,
} as typeof TASKS;
const FOLDER = process.argv[2] ?? 'docs/results';
const BLOCK = /<!-- runs (\w+)((?: \w+=\S+)*) -->[\s\S]*?<!-- end -->/g;

for (const page of (await readdir(FOLDER)).filter((name) => name.endsWith('.md'))) {
  const path = join(FOLDER, page);
  const text = await readFile(path, 'utf8');
  const blocks = new Map<string, string>();
  for (const [, name, only] of text.matchAll(BLOCK))
    blocks.set(`${name}${only}`, await blockOf(name!, only!));
  await writeFile(
    path,
    text.replace(BLOCK, (_, name: string, only: string) => {
      const block = `${name}${only}`;
      return `<!-- runs ${block} -->\n${blocks.get(block)}\n<!-- end -->`;
    }),
  );
}

async function blockOf(name: string, only: string): Promise<string> {
  const wanted = only.split(' ').filter((setting) => setting !== '');
  const results = (await readResults(join(FOLDER, 'data', `${name}.jsonl`))).filter(({settings}) =>
    wanted.every((setting) => Object.entries(settings).some(([key, value]) => setting === `${key}=${value}`)),
  );
  if (results.length === 0) return 'No run is recorded yet.';
  const kinds = [...new Set(results.map(({settings}) => keyOfValues(settings)))];
  const sections = kinds.map((kind) => {
    const runs = results.filter(({settings}) => keyOfValues(settings) === kind);
    return `${tableOf(EXPERIMENTS[name]!.columns, inOrder(name, runs))}\n\n${effortOf(runs)}`;
  });
  return sections.join('\n\n');
}

/** By configuration, as the experiment lists them, then by seed. */
function inOrder(name: string, runs: readonly Result[]): Result[] {
  const listed = EXPERIMENTS[name]!.configurations.map(keyOfValues);
  const index = ({configuration}: Result) => listed.indexOf(keyOfValues(configuration));
  return [...runs].sort((a, b) => index(a) - index(b) || a.seed - b.seed);
}

function effortOf(runs: readonly Result[]): string {
  const backends = [...new Set(runs.map(({backend}) => backend))].join(', ');
  const settings = Object.entries(runs[0]!.settings).map(([key, value]) => `${key} ${value}`);
  const count = `${runs.length} run${runs.length === 1 ? '' : 's'}`;
  return `Settings: ${settings.join(', ')}. ${count}, ${timeOf(runs)} on ${backends}.`;
}

function timeOf(runs: readonly Result[]): string {
  const minutes = runs.reduce((sum, {seconds}) => sum + seconds, 0) / 60;
  if (minutes >= 60) return `${(minutes / 60).toFixed(1)} hours`;
  return `${minutes.toFixed(minutes < 10 ? 1 : 0)} minutes`;
}
