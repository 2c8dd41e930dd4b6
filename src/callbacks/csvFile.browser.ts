import type {LineFile} from './csvFile.js';

/** Stands in for `csvFile.ts` in a bundle for the browser; package.json's `browser` field swaps them. */
export function csvFile(): LineFile {
  throw new Error(
    'CsvLogger: a file needs a file system; train in Node, or read the History that `fit` returns.',
  );
}
