import {mkdirSync, renameSync, writeFileSync} from 'node:fs';
import {dirname} from 'node:path';
import {invalid} from '../../functional/validate.js';

/** Replaces the last page in one step; a bundle for the browser has `reportFile.browser.ts` instead. */
export function writeReport(file: string, page: string): void {
  try {
    mkdirSync(dirname(file), {recursive: true});
    writeFileSync(`${file}.tmp`, page);
    renameSync(`${file}.tmp`, file);
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException;
    throw invalid('Report', 'file', `a file that can be written (${code})`, file);
  }
}
