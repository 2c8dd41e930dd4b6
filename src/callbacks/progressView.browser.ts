import type {ProgressView} from './Progress.js';

/** Stands in for `progressView.ts` in a bundle for the browser: a page listens to events instead. */
export async function progressView(): Promise<ProgressView | undefined> {
  return undefined;
}
