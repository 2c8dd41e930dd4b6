import {appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync} from 'node:fs';
import {dirname} from 'node:path';
import {invalid} from '../functional/validate.js';

/** A text file that grows by lines. */
export interface LineFile {
  /** Its content; undefined where there is no such file. */
  read(): string | undefined;
  append(text: string): void;
  /** Replaces the whole content with `text`, in one step. */
  replace(text: string): void;
}

/**
 * The file `path` in Node; a bundle for the browser has `csvFile.browser.ts` in place of this file.
 *
 * @throws If its folder cannot be made, or the file cannot be written to.
 */
export function csvFile(path: string): LineFile {
  try {
    mkdirSync(dirname(path), {recursive: true});
    appendFileSync(path, '');
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException;
    throw invalid('CsvLogger', 'file', `a file that can be written to (${code})`, path);
  }
  return {
    read: () => (existsSync(path) ? readFileSync(path, 'utf8') : undefined),
    append: (text) => appendFileSync(path, text),
    replace: (text) => {
      writeFileSync(`${path}.tmp`, text);
      renameSync(`${path}.tmp`, path);
    },
  };
}
