import {appendFileSync, mkdirSync, readdirSync, truncateSync, writeFileSync} from 'node:fs';
import {hostname} from 'node:os';
import {join} from 'node:path';
import {invalid} from '../../functional/validate.js';
import type {EventWriter, EventWriterFactory} from './EventWriter.js';
import {fileVersionRecord, histogramRecord, scalarRecord, textRecord} from './eventRecords.js';
import {type Bucket, histogram} from './histogram.js';
import {concat, type Encoded} from './protobuf.js';

/** Beyond this much, or after this long, events go to disk without being asked to. */
const MAX_PENDING_BYTES = 1 << 20;
const MAX_PENDING_MILLISECONDS = 2_000;

let filesOpened = 0;

/** Files with events that are not on the disk yet. */
const unwritten = new Set<EventFile>();

/** What a process has not written when it ends by itself, by an error or by `process.exit`, is written then. */
function flushAtExit(): void {
  for (const file of unwritten) {
    try {
      file.flush();
    } catch {
      // The process is ending for a reason of its own, which this would hide.
    }
  }
}

/**
 * A TensorBoard event file, `<folder>/events.out.tfevents.<second>.<host>.<process>.<count>.v2`.
 *
 * Only whole records reach the disk, and no file stays open between two flushes: a run that is killed leaves a file that
 * TensorBoard reads up to the last flush, which is two seconds ago at most unless a step blocks for longer. A process that
 * ends in any other way flushes first.
 */
export class EventFile implements EventWriter {
  private readonly path: string;
  private pending: Encoded[] = [];
  private pendingBytes = 0;
  private bytesOnDisk = 0;
  private lastFlush = Date.now();
  private timer: NodeJS.Timeout | undefined;
  private failure: Error | undefined;

  /** @throws if `folder` is not a folder and cannot be made one. */
  constructor(folder: string) {
    const second = String(Math.floor(Date.now() / 1000)).padStart(10, '0');
    const name = `events.out.tfevents.${second}.${hostname()}.${process.pid}.${filesOpened++}.v2`;
    if (filesOpened === 1) process.on('exit', flushAtExit);
    this.path = join(folder, name);
    try {
      mkdirSync(folder, {recursive: true});
      const first = fileVersionRecord();
      writeFileSync(this.path, first, {flag: 'wx'});
      this.bytesOnDisk = first.length;
    } catch (error) {
      const {code} = error as NodeJS.ErrnoException;
      throw invalid('TensorBoard', 'logDir', `a folder that can be written to (${code})`, folder);
    }
  }

  scalar(tag: string, value: number, step: number): void {
    this.add(scalarRecord(tag, value, step));
  }

  histogram(tag: string, values: ArrayLike<number>, step: number): void {
    this.buckets(tag, histogram(values), step);
  }

  buckets(tag: string, buckets: readonly Bucket[], step: number): void {
    this.add(histogramRecord(tag, buckets, step));
  }

  text(tag: string, text: string, step: number): void {
    this.add(textRecord(tag, text, step));
  }

  /** Adds a record of `eventRecords.ts`. */
  add(record: Encoded): void {
    this.pending.push(record);
    this.pendingBytes += record.length;
    unwritten.add(this);
    // Training may keep the event loop from running timers.
    this.timer ??= setTimeout(() => this.flushLate(), MAX_PENDING_MILLISECONDS).unref();
    const due = Date.now() - this.lastFlush >= MAX_PENDING_MILLISECONDS;
    if (due || this.pendingBytes >= MAX_PENDING_BYTES) this.flush();
  }

  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.lastFlush = Date.now();
    unwritten.delete(this);
    const {failure} = this;
    this.failure = undefined;
    if (failure !== undefined) throw failure;
    if (this.pending.length === 0) return;
    const events = concat(...this.pending);
    this.pending = [];
    this.pendingBytes = 0;
    try {
      appendFileSync(this.path, events);
    } catch (error) {
      // A full disk may have taken a part of a record, behind which TensorBoard would read nothing more.
      truncateSync(this.path, this.bytesOnDisk);
      throw error;
    }
    this.bytesOnDisk += events.length;
  }

  close(): void {
    this.flush();
  }

  /** No caller can receive an error here, so the next call throws it. */
  private flushLate(): void {
    try {
      this.flush();
    } catch (error) {
      this.failure = error as Error;
    }
  }
}

/** What opens event files here; a bundle for the browser has `eventFile.browser.ts` in place of this file. */
export function eventFiles(): EventWriterFactory {
  return Object.assign((folder: string) => new EventFile(folder), {runFolder});
}

/**
 * The folder of a run under `logDir`: `logDir` itself for the first, then `run2`, `run3` and so on below it, so that the
 * curves of runs do not mix. A run that continues gets the folder of the latest one.
 */
function runFolder(logDir: string, continues: boolean): string {
  const folderOf = (run: number) => (run === 1 ? logDir : join(logDir, `run${run}`));
  let runs = 0;
  while (holdsEvents(folderOf(runs + 1))) runs++;
  return folderOf(continues ? Math.max(1, runs) : runs + 1);
}

function holdsEvents(folder: string): boolean {
  return ['train', 'val'].some((part) => {
    try {
      return readdirSync(join(folder, part)).some((name) => name.startsWith('events.out.tfevents.'));
    } catch {
      return false; // no such folder
    }
  });
}
