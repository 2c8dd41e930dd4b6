import {existsSync} from 'node:fs';
import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {engine} from '@tensorflow/tfjs-core';
import {beforeAll, describe, expect, it} from 'vitest';
import packageJson from '../../package.json' with {type: 'json'};
import {mergeImports, splitImports, typeErrors, writePrograms} from './program.js';

/** What users import: every folder of src that package.json exports. */
const ENTRY_POINTS: Record<string, object> = {};
for (const path of Object.keys(packageJson.exports)) {
  const source = join('src', path, 'index.ts');
  if (existsSync(source))
    ENTRY_POINTS[path.replace('.', packageJson.name)] = await import(join(process.cwd(), source));
}

/** Type-checked alone, and why. */
const NOT_RUN: Record<string, string> = {
  'search/': 'starts worker threads or needs the trial of a user',
  'node/': 'switches the backend of the process, or writes files',
  'wasm/': 'needs the wasm backend',
};

interface Example {
  readonly id: string;
  readonly source: string;
  readonly code: string;
  /** The file that it stands in, and the names that this exports. */
  readonly file: string;
  readonly exported: readonly string[];
}

const examples: Example[] = [];
for (const file of (await readdir('src', {recursive: true})).sort()) {
  if (!file.endsWith('.ts') || file.includes('assembly') || file.includes('generated')) continue;
  const text = await readFile(join('src', file), 'utf8');
  const exported = [...text.matchAll(/^export (?:async )?(?:function|const|class) (\w+)/gm)].map(
    ([, name]) => name!,
  );
  for (const [offset, code] of examplesOf(text)) {
    const line = text.slice(0, offset).split('\n').length;
    examples.push({
      id: `${file.replace(/\W/g, '-')}-${line}`,
      source: `${file}:${line}`,
      code,
      file,
      exported,
    });
  }
}

/** Every `@example` of the docstrings in `text`, with its position. */
function examplesOf(text: string): [number, string][] {
  return [...text.matchAll(/\/\*\*[\s\S]*?\*\//g)].flatMap((docstring) => {
    const lines = docstring[0]
      .replace(/^\/\*\*|\*\/$/g, '')
      .split('\n')
      .map((line) => line.replace(/^\s*\* ?/, ''));
    const parts = lines
      .join('\n')
      .split(/^@/m)
      .filter((part) => part.startsWith('example'));
    return parts.map((part): [number, string] => [
      docstring.index,
      part
        .replace(/^example\s*/, '')
        .replace(/^```.*$/gm, '')
        .trim(),
    ]);
  });
}

/** Turns `f(x); // 0.75` into a check of that value, where what is stated is JSON and does not end in an ellipsis. */
function withChecks(body: string): string {
  return body.replace(
    /^(?!const |let |\s)(.+); \/\/ ([-\d[].*)$/gm,
    (line, expression: string, stated: string) => {
      if (stated.includes('...')) return line;
      try {
        JSON.parse(stated.replaceAll("'", '"'));
        return `check(${expression}, ${stated});`;
      } catch {
        return line;
      }
    },
  );
}

/** A module with what the example takes for granted: the package's public names, or those of its own file. */
function programOf({code, file, exported}: Example): string {
  const {imports, body} = splitImports(code);
  const ofCircuits = /\bcircuit\b|\bcompiled\./.test(body) || file.startsWith('circuit/');
  const known = new Set(imports.flatMap((statement) => statement.match(/\w+/g) ?? []));
  const implied: string[] = [];
  const sources: [string, readonly string[]][] = [
    ...Object.entries(ENTRY_POINTS).map(([module, entry]): [string, string[]] => [
      module,
      Object.keys(entry),
    ]),
    [`../../../src/${file.replace(/ts$/, 'js')}`, exported],
  ];
  for (const [module, names] of sources) {
    const used = names.filter((name) => !known.has(name) && new RegExp(`(?<![.\\w'/])${name}\\b`).test(body));
    for (const name of used) known.add(name);
    if (used.length > 0) implied.push(`import {${used.join(', ')}} from '${module}';`);
  }
  return `${mergeImports([...imports, ...implied]).join('\n')}
import {surroundings} from '../../../test/docs/${ofCircuits ? 'circuitSurroundings' : 'surroundings'}.js';
import * as tf from '../../../test/docs/tensorflow.js';

export async function example(check: (actual: unknown, stated: unknown) => void) {
  const {model, x, y, ${ofCircuits ? 'circuit, compiled' : 'network'}} = await surroundings();
  {
    ${withChecks(body)}
  }
}
`;
}

/** Numbers as they are printed: to the sixth digit. */
function approximately(stated: unknown): unknown {
  return typeof stated === 'number' ? expect.closeTo(stated, 6) : stated;
}

describe('the examples of docstrings', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await writePrograms(
      'examples',
      new Map(examples.map((one) => [`${one.id}.ts`, programOf(one)])),
    );
    process.chdir(folder); // where examples write files
  });

  it('fit the types', async () => {
    expect(await typeErrors(folder)).toBe('');
  });

  const run = examples.filter(({source}) => !Object.keys(NOT_RUN).some((start) => source.startsWith(start)));
  it.each(run.map(({id, source}) => [source, id]))('run: %s', async (_, id) => {
    const {example} = (await import(join(folder, `${id}.ts`))) as {
      example(check: (actual: unknown, stated: unknown) => void): Promise<void>;
    };
    const error = /\/\/ Error: (.+)/.exec(examples.find((one) => one.id === id)!.code)?.[1];
    engine().startScope();
    try {
      const running = example((actual, stated) => expect(actual).toEqual(approximately(stated)));
      if (error === undefined) await running;
      else await expect(running).rejects.toThrow(error);
    } finally {
      engine().endScope();
    }
  });
});
