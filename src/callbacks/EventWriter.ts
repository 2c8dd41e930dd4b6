/** Receives what TensorBoard shows of one run: one writer serves one folder. */
export interface EventWriter {
  /** One point of the curve `tag`. NaN and the infinities are values like any other. */
  scalar(tag: string, value: number, step: number): void;
  /** One histogram in the series `tag`, of all `values` in whatever order. */
  histogram(tag: string, values: ArrayLike<number>, step: number): void;
  /** On return a reader sees all that was written so far. */
  flush(): void;
  /** Flushes and lets go of the file. Closing twice is closing once. */
  close(): void;
}

/** Opens a writer for `folder`, creating the folder where it is missing. */
export type EventWriterFactory = (folder: string) => EventWriter;

/** Where TensorBoard callbacks without a writer of their own look for one. */
export type EventWriterSource = () => EventWriterFactory | undefined;

let installed: EventWriterSource = () => undefined;

/** Replaces the source of event writers and returns the former one; `tfjs-discrete/registry` installs one. */
export function installEventWriterSource(source: EventWriterSource): EventWriterSource {
  const former = installed;
  installed = source;
  return former;
}

/** The writer that the installed source names now, if any. */
export function installedEventWriter(): EventWriterFactory | undefined {
  return installed();
}
