import type {EventWriter, EventWriterFactory} from './EventWriter.js';
import {fileVersionRecord, histogramRecord, scalarRecord, textRecord} from './eventRecords.js';
import {type Bucket, histogram} from './histogram.js';
import {concat, type Encoded} from './protobuf.js';

/**
 * Keeps TensorBoard's event files in memory, where there is no file system, and offers them as one archive.
 *
 * @example
 * const events = new EventDownload();
 * await model.fit(x, y, {callbacks: [callbacks.tensorBoard('run1', {createWriter: events.createWriter})]});
 * events.files().map(({path}) => path); // ['run1/train/events.out.tfevents...']
 * // in a page: button.onclick = () => events.download('runs.tar'); then: tar xf runs.tar && tensorboard --logdir .
 */
export class EventDownload {
  private readonly written = new Map<string, Encoded[]>();

  /** For `callbacks.tensorBoard(logDir, {createWriter})`; every run gets a folder of its own. */
  readonly createWriter: EventWriterFactory = Object.assign((folder: string) => this.open(folder), {
    runFolder: (logDir: string, continues: boolean) => this.runFolder(logDir, continues),
  });

  /** All files so far, by their path in the archive. */
  files(): {readonly path: string; readonly bytes: Uint8Array<ArrayBuffer>}[] {
    return [...this.written].map(([path, records]) => ({path, bytes: concat(...records)}));
  }

  /** All files as a tar archive. */
  archive(): Uint8Array<ArrayBuffer> {
    const entries = this.files().flatMap(({path, bytes}) => [header(path, bytes.length), padded(bytes)]);
    return concat(...entries, new Uint8Array(2 * BLOCK));
  }

  /**
   * Has the browser offer the archive for download.
   *
   * @param name Of the file. Default `tensorboard.tar`.
   * @throws If there is no document, as in Node and in workers: there, use `archive`.
   */
  download(name = 'tensorboard.tar'): void {
    if (typeof document === 'undefined') {
      throw new Error('EventDownload: `download` needs a document; take the bytes from `archive()` instead.');
    }
    const url = URL.createObjectURL(new Blob([this.archive()], {type: 'application/x-tar'}));
    const link = document.createElement('a');
    link.href = url;
    link.download = name;
    link.click();
    URL.revokeObjectURL(url);
  }

  private open(folder: string): EventWriter {
    const second = String(Math.floor(Date.now() / 1000)).padStart(10, '0');
    const records = [fileVersionRecord()];
    this.written.set(`${folder}/events.out.tfevents.${second}.page.${this.written.size}.v2`, records);
    return {
      scalar: (tag, value, step) => void records.push(scalarRecord(tag, value, step)),
      histogram: (tag, values, step) => void records.push(histogramRecord(tag, histogram(values), step)),
      buckets: (tag: string, buckets: readonly Bucket[], step) =>
        void records.push(histogramRecord(tag, buckets, step)),
      text: (tag, text, step) => void records.push(textRecord(tag, text, step)),
      flush: () => {},
      close: () => {},
    };
  }

  private runFolder(logDir: string, continues: boolean): string {
    const folderOf = (run: number) => (run === 1 ? logDir : `${logDir}/run${run}`);
    const paths = [...this.written.keys()];
    const begun = (run: number) =>
      ['train', 'val'].some((part) => paths.some((path) => path.startsWith(`${folderOf(run)}/${part}/`)));
    let runs = 0;
    while (begun(runs + 1)) runs++;
    return folderOf(continues ? Math.max(1, runs) : runs + 1);
  }
}

/** Block size of the tar format, in bytes. */
const BLOCK = 512;

function padded(bytes: Uint8Array): Encoded {
  return concat(bytes, new Uint8Array((BLOCK - (bytes.length % BLOCK)) % BLOCK));
}

/**
 * The header of a file in POSIX's ustar format: name, mode, owner, group, size and time in octal, checksum, type. A path of
 * more than 100 bytes has its folders in the prefix.
 */
function header(path: string, size: number): Encoded {
  const block = new Uint8Array(BLOCK);
  const put = (offset: number, text: string) => block.set(new TextEncoder().encode(text), offset);
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`;
  const clean = path.replace(/^\/+/, '');
  const slash = clean.lastIndexOf('/');
  put(0, clean.slice(slash + 1).slice(0, 100));
  put(100, octal(0o644, 7));
  put(108, octal(0, 7));
  put(116, octal(0, 7));
  put(124, octal(size, 11));
  put(136, octal(Math.floor(Date.now() / 1000), 11));
  put(148, ' '.repeat(8)); // the checksum counts itself as spaces
  put(156, '0');
  put(257, 'ustar\u000000');
  put(345, clean.slice(0, Math.max(0, slash)).slice(0, 155));
  put(
    148,
    `${octal(
      block.reduce((sum, byte) => sum + byte, 0),
      6,
    )} `,
  );
  return block;
}
