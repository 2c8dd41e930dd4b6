import {readdir, readFile} from 'node:fs/promises';
import {beforeAll, describe, expect, it} from 'vitest';
import {mergeImports, runProgram, splitImports, typeErrors, writePrograms} from './program.js';

/** A fenced block of JavaScript or TypeScript: ```js, ```ts [file.ts] or ```js no-run. */
interface Block {
  readonly language: 'js' | 'ts';
  /** The file that it is to be saved as; left out, it is a part of the page's own program. */
  readonly file: string | undefined;
  /** Type-checked alone: it needs a browser, files of the reader, or another machine. */
  readonly runs: boolean;
  readonly code: string;
}

const FENCE = /^```(js|ts)((?: +[^\n]*)?)\n([\s\S]*?)^```$/gm;
const guides = (await readdir('docs/guide'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/guide/${name}`);
const pages = new Map<string, readonly Block[]>();
for (const page of ['README.md', ...guides]) pages.set(page, blocksOf(await readFile(page, 'utf8')));

function blocksOf(text: string): Block[] {
  return [...text.matchAll(FENCE)].map(([, language, info, code]) => ({
    language: language as Block['language'],
    file: /\[([\w.]+)\]/.exec(info!)?.[1],
    runs: !/\bno-run\b/.test(info!),
    code: code!,
  }));
}

/** Every file that the pages ask to save, and a program for each page's other blocks, from top to bottom. */
const files = new Map<string, string>();
const programs: [page: string, file: string][] = [];
for (const [page, blocks] of pages) {
  const name = page.replace(/^docs\/|\.md$/g, '').replaceAll('/', '-');
  blocks.forEach(({file, runs, code, language}, i) => {
    if (file !== undefined && runs) files.set(file, code);
    if (file === undefined && !runs) files.set(`${name}-${i}.${language === 'ts' ? 'ts' : 'mjs'}`, code);
  });
  const own = blocks.filter(({file, runs}) => file === undefined && runs);
  if (own.length === 0) continue;
  const file = `${name}.${own.some(({language}) => language === 'ts') ? 'ts' : 'mjs'}`;
  const parts = own.map(({code}) => splitImports(code));
  const imports = mergeImports(parts.flatMap((part) => part.imports));
  files.set(file, [...imports, ...parts.map(({body}) => body)].join('\n'));
  programs.push([page, file]);
}

/**
 * What pages promise of their programs: the lowest validation accuracy in the last epoch. README, quickstart and logic gates
 * repeat exactly; binary promises 95.3 to 95.6 %, of which three standard errors of 10,000 images are 0.6.
 */
const LEAST_ACCURACY: Readonly<Record<string, number>> = {
  'README.md': 0.945,
  'docs/guide/quickstart.md': 0.945,
  'docs/guide/binary.md': 0.945,
  'docs/guide/logic-gates.md': 0.9,
};

/** Of the last epoch, in what a program printed. */
function accuracyIn(printed: string): number {
  const [, values = ''] = /validation accuracy \[([^\]]*)\]/.exec(printed) ?? [];
  return Number(values.split(',').at(-1)!.trim() || Number.NaN);
}

describe('the code blocks of README and the guides', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await writePrograms('pages', files, {
      allowJs: true,
      checkJs: true,
      noImplicitAny: false,
      paths: {},
    });
  });

  it('fit the types', async () => {
    expect(await typeErrors(folder)).toBe('');
  });

  it.each(programs)('of %s run as written, from top to bottom', {timeout: 600_000}, async (page, file) => {
    const printed = await runProgram(folder, file);
    const least = LEAST_ACCURACY[page];
    if (least !== undefined) expect(accuracyIn(printed), printed).toBeGreaterThan(least);
  });

  it('of the quickstart load its model in a process of their own', async () => {
    expect(await runProgram(folder, 'predict.mjs')).toContain('Tensor');
  });
});
