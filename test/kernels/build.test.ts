import {readFileSync} from 'node:fs';
import {expect, it} from 'vitest';

const root = new URL('../../', import.meta.url);
const {FOLDERS, buildModule} = await import(new URL('scripts/buildKernels.mjs', root).href);

it.each(FOLDERS as string[])('%s: the sources compile to the bytes that are committed', async (folder) => {
  const committed = readFileSync(new URL(`${folder}/module.generated.ts`, root), 'utf8');
  expect(await buildModule(folder)).toBe(committed);
});
