import {symlinkSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {build} from 'esbuild';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Compiles a program of TypeScript, with what it imports of this repository, to one file in `folder`. A process that is given
 * that file takes half of the time to start that it takes with tsx.
 *
 * @returns The file.
 */
export async function bundleProgram(program: URL, folder: string): Promise<string> {
  const outfile = join(folder, 'program.mjs');
  const tsconfig = join(repository, 'tsconfig.json');
  await build({
    ...{
      entryPoints: [fileURLToPath(program)],
      outfile,
      tsconfig,
      bundle: true,
      platform: 'node',
      format: 'esm',
    },
    packages: 'external',
  });
  symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'));
  return outfile;
}
