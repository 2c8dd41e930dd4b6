import type {Bucket} from './histogram.js';

/** Receives what TensorBoard shows of one run; there is one writer per folder. */
export interface EventWriter {
  /** One point of the curve `tag`. NaN and the infinities are values like any other. */
  scalar(tag: string, value: number, step: number): void;
  /** One histogram in the series `tag`, of all `values` in any order. */
  histogram(tag: string, values: ArrayLike<number>, step: number): void;
  /** One histogram in the series `tag`, as rows of left edge, right edge and count. Optional. */
  buckets?(tag: string, buckets: readonly Bucket[], step: number): void;
  /** A text in Markdown. Optional. */
  text?(tag: string, text: string, step: number): void;
  /** After this returns, a reader sees everything written so far. */
  flush(): void;
  /** Flushes and releases the file. Closing twice has no further effect. */
  close(): void;
}

/** Opens a writer for `folder`, creating the folder if it is missing. */
export interface EventWriterFactory {
  (folder: string): EventWriter;
  /** Optional: the folder of a run under `logDir`, which keeps runs apart; one that `continues` gets that of the latest. */
  runFolder?(logDir: string, continues: boolean): string;
}

/** Where TensorBoard callbacks without a writer of their own look for one. */
export type EventWriterSource = () => EventWriterFactory | undefined;

let installed: EventWriterSource = () => undefined;

/** Replaces the source of event writers and returns the previous one; `tfjs-discrete/registry` installs one. */
export function installEventWriterSource(source: EventWriterSource): EventWriterSource {
  const previous = installed;
  installed = source;
  return previous;
}

/** The writer that the installed source names now, if any. */
export function installedEventWriter(): EventWriterFactory | undefined {
  return installed();
}
