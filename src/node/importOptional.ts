import {createRequire} from 'node:module';
import {join} from 'node:path';
import {firstLine, Unusable} from './startBackend.js';

export const NOT_INSTALLED = 'is not installed';

/**
 * Imports an optional package, installed beside this package or in the current project.
 *
 * @throws `Unusable` If it is not installed or does not load.
 */
// biome-ignore lint/suspicious/noExplicitAny: types of a package that may be missing would break the build.
export async function importOptional(name: string): Promise<any> {
  try {
    try {
      return await import(/* @vite-ignore */ /* webpackIgnore: true */ name);
    } catch (error) {
      if (!isMissing(error, name)) throw error;
      // A package that is linked into a project does not see the project's packages.
      return createRequire(join(process.cwd(), 'package.json'))(name);
    }
  } catch (error) {
    if (isMissing(error, name)) throw new Unusable(NOT_INSTALLED);
    throw new Unusable(`is installed, but does not load: ${firstLine(error)}`);
  }
}

/** Whether `name` itself is missing, and not a package that `name` imports. */
function isMissing(error: unknown, name: string): boolean {
  const {code, message} = error as NodeJS.ErrnoException;
  const byVite = `Could not resolve "${name}"`; // the message of Vite's server for optional peers
  return (
    (/MODULE_NOT_FOUND$/.test(code ?? '') && message.includes(`'${name}'`)) || message.startsWith(byVite)
  );
}
