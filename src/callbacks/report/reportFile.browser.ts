/** Stands in for `reportFile.ts` in a bundle for the browser; package.json's `browser` field swaps them. */
export function writeReport(): never {
  throw new Error(
    'Report: a file needs a file system; call `report(history, {model})` and show the page it returns.',
  );
}
