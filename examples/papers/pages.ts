/**
 * Brings the tables and curves of docs/results up to date with the recorded runs in docs/results/data.
 *
 * In a page, what stands between `<!-- runs <experiment> -->` and `<!-- end -->` is replaced by the table of that
 * experiment's runs, one table for each set of settings, and by what the runs took.
 *
 *     node --import tsx examples/papers/pages.ts
 */
import {readdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {tableOf} from './experiment.js';
import {type Result, readResults} from './results.js';
import schedules from './schedules.js';
import {TASKS} from './tasks.js';

const EXPERIMENTS = {...TASKS, schedules} as typeof TASKS;
const FOLDER = 'docs/results';
const BLOCK = /<!-- runs (\w+) -->[\s\S]*?<!-- end -->/g;

for (const page of (await readdir(FOLDER)).filter((name) => name.endsWith('.md'))) {
  const path = join(FOLDER, page);
  const text = await readFile(path, 'utf8');
  const blocks = new Map<string, string>();
  for (const [, name] of text.matchAll(BLOCK)) blocks.set(name!, await blockOf(name!));
  await writeFile(
    path,
    text.replace(BLOCK, (_, name: string) => `<!-- runs ${name} -->\n${blocks.get(name)}\n<!-- end -->`),
  );
}

async function blockOf(name: string): Promise<string> {
  const results = await readResults(join(FOLDER, 'data', `${name}.jsonl`));
  if (results.length === 0) return 'No run is recorded yet.';
  const kinds = [...new Set(results.map(({settings}) => JSON.stringify(settings)))];
  const sections = kinds.map((kind) => {
    const runs = results.filter(({settings}) => JSON.stringify(settings) === kind);
    return `${tableOf(EXPERIMENTS[name]!.columns, inOrder(name, runs))}\n\n${effortOf(runs)}`;
  });
  return sections.join('\n\n');
}

/** By configuration, as the experiment lists them, then by seed. */
function inOrder(name: string, runs: readonly Result[]): Result[] {
  const listed = EXPERIMENTS[name]!.configurations.map((configuration) => JSON.stringify(configuration));
  const place = ({configuration}: Result) => listed.indexOf(JSON.stringify(configuration));
  return [...runs].sort((a, b) => place(a) - place(b) || a.seed - b.seed);
}

function effortOf(runs: readonly Result[]): string {
  const hours = runs.reduce((sum, {seconds}) => sum + seconds / 3600, 0);
  const backends = [...new Set(runs.map(({backend}) => backend))].join(', ');
  const settings = Object.entries(runs[0]!.settings).map(([key, value]) => `${key} ${value}`);
  return `Settings: ${settings.join(', ')}. ${runs.length} runs, ${hours.toFixed(1)} hours on ${backends}.`;
}
