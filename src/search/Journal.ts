import {randomUUID} from 'node:crypto';
import {type FileHandle, mkdir, open} from 'node:fs/promises';
import {dirname, resolve} from 'node:path';
import {invalid} from '../functional/validate.js';
import {lockFile} from '../node/fileLock.js';
import {type Definition, difference, objectiveOf, withCurrentNames} from './definition.js';
import {decodeMetrics, type EncodedMetrics, encodeMetrics, isEncodedMetric, type Metrics} from './Trial.js';

const KIND = 'tfjs-discrete/search';
const VERSION = 1;

/** First line. `search` is generated once, and names this search where several share a Redis. */
interface Header {
  readonly journal: typeof KIND;
  readonly version: typeof VERSION;
  readonly search: string;
  readonly definition: Definition;
  /** SHA-256 of the trial's module, where a module runs the trials. */
  readonly trial?: string;
}

/** Any other line: a trial's result, or why an attempt at it failed. */
type Entry =
  | {readonly id: string; readonly metrics: EncodedMetrics; readonly seconds: number}
  | {readonly id: string; readonly attempt: number; readonly error: string};

/**
 * The results of a search's trials, in memory and, if there is one, in a file of JSON lines. Lines are only appended, and each is
 * on the disk before it counts.
 *
 * A trial's result is recorded once, as is each failed attempt; duplicates are ignored. A process that dies
 * while writing leaves an incomplete last line, which the next process removes.
 */
export class Journal {
  /** By trial's id. */
  readonly results = new Map<string, Metrics>();
  /** Messages of failed attempts, by trial's id. */
  readonly errors = new Map<string, string[]>();
  private writing: Promise<void> = Promise.resolve();

  private constructor(
    /** Names the search among all others. */
    readonly search: string,
    private readonly file?: FileHandle,
    private readonly unlock?: () => Promise<void>,
  ) {}

  /** @returns a journal that ends with the process. */
  static inMemory(): Journal {
    return new Journal(randomUUID());
  }

  /**
   * Starts the journal at `path`, or continues it.
   *
   * @param trial Hash of the module that runs the trials.
   * @param acceptEditedTrial Whether a journal that another version of the module has begun is continued.
   * @throws if the module has changed and that is not accepted, if another process uses it, if it belongs to a search
   *   with another definition (the error names the first field that differs), if it is not a journal, or if a line is no
   *   entry, but for a last one that is torn.
   */
  static async open(
    path: string,
    definition: Definition,
    trial?: string,
    acceptEditedTrial = false,
  ): Promise<Journal> {
    await mkdir(dirname(resolve(path)), {recursive: true});
    const unlock = await lockFile(resolve(path));
    let file: FileHandle | undefined;
    try {
      file = await open(path, 'a+');
      if (!(await file.stat()).isFile()) throw invalid('search', 'journal', 'a file', path);
      const bytes = await file.readFile();
      const {header, lines, whole} = parse(bytes, path);
      if (header !== undefined) compare(withCurrentNames(header.definition), definition, path);
      if (!acceptEditedTrial) compareTrials(header?.trial, trial, path);
      const entries = lines.map((line) => asEntry(line, objectiveOf(definition).name, path));
      if (whole < bytes.length) {
        await file.truncate(whole);
        await file.sync();
      }
      const search = header?.search ?? randomUUID();
      const journal = new Journal(search, file, unlock);
      for (const entry of entries) journal.note(entry);
      if (header === undefined) {
        await journal.write({journal: KIND, version: VERSION, search, definition, ...(trial && {trial})});
        await syncFolder(dirname(resolve(path)));
      }
      return journal;
    } catch (error) {
      await file?.close();
      await unlock();
      throw error;
    }
  }

  /** @param seconds How long the trial took. */
  recordResult(id: string, metrics: Metrics, seconds: number): Promise<void> {
    return this.record({id, metrics: encodeMetrics(metrics), seconds: Math.round(seconds * 1000) / 1000});
  }

  /** @param attempt Counted from 1. */
  recordError(id: string, attempt: number, error: string): Promise<void> {
    return this.record({id, attempt, error});
  }

  /** How many attempts at a trial have failed. */
  failures(id: string): number {
    return this.errors.get(id)?.length ?? 0;
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    await this.writing.catch(() => {});
    await this.file?.close();
    await this.unlock?.();
  }

  private record(entry: Entry): Promise<void> {
    return this.queue(async () => {
      if (this.knows(entry)) return;
      await this.write(entry);
      this.note(entry);
    });
  }

  private knows(entry: Entry): boolean {
    if (this.results.has(entry.id)) return true;
    return 'attempt' in entry && entry.attempt !== this.failures(entry.id) + 1;
  }

  private note(entry: Entry): void {
    if (this.knows(entry)) return;
    if ('metrics' in entry) this.results.set(entry.id, decodeMetrics(entry.metrics));
    else this.errors.set(entry.id, [...(this.errors.get(entry.id) ?? []), entry.error]);
  }

  /** One line after the other; after an error none, lest they follow upon a torn one. */
  private queue(write: () => Promise<void>): Promise<void> {
    this.writing = this.writing.then(write);
    return this.writing;
  }

  private async write(line: Header | Entry): Promise<void> {
    await this.file?.appendFile(`${JSON.stringify(line)}\n`);
    await this.file?.datasync();
  }
}

/** A line after the first. */
interface Line {
  /** Counted from 1. */
  readonly number: number;
  readonly text: string;
  /** What it says as JSON, or undefined if it is not JSON. */
  readonly value: unknown;
}

interface Content {
  readonly header?: Header;
  readonly lines: readonly Line[];
  /** Bytes up to the end of the last whole line. */
  readonly whole: number;
}

function parse(bytes: Buffer, path: string): Content {
  let header: Header | undefined;
  const lines: Line[] = [];
  let start = 0;
  for (let number = 1; start < bytes.length; number++) {
    const end = bytes.indexOf('\n', start);
    const text = bytes.toString('utf8', start, end < 0 ? bytes.length : end);
    const isLast = end < 0 || end === bytes.length - 1;
    const value = end < 0 ? undefined : parseJson(text);
    if (number === 1) {
      if (isHeader(value)) header = value;
      else if (value === undefined && isLast && isBeginningOfHeader(text)) break;
      else throw new Error(`search: \`journal\` ${path} is not a journal of a search (version ${VERSION}).`);
    } else if (value === undefined && isLast) {
      break; // Torn.
    } else {
      lines.push({number, text, value});
    }
    start = end + 1;
  }
  return {header, lines, whole: start};
}

function compare(begun: Definition, definition: Definition, path: string): void {
  const found = difference(begun, definition);
  if (found === undefined) return;
  throw new Error(
    `search: \`journal\` ${path} belongs to another search: \`${found.field}\` is ${show(found.left)} there ` +
      `and ${show(found.right)} here.`,
  );
}

function compareTrials(begun: string | undefined, trial: string | undefined, path: string): void {
  if (begun === undefined || trial === undefined || begun === trial) return;
  throw new Error(
    `search: \`trial\` was edited since \`journal\` ${path} began, whose results may no longer hold: start a new journal, ` +
      'or pass `acceptEditedTrial: true` to keep them.',
  );
}

const show = (value: unknown) => (value === undefined ? 'missing' : JSON.stringify(value));

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isHeader(value: unknown): value is Header {
  const {journal, version, search, definition} = (value ?? {}) as Partial<Header>;
  const names = journal === KIND && version === VERSION && typeof search === 'string';
  return names && isObject(definition) && isObject(definition.strategy);
}

/** What a process leaves that dies while it writes the first line; some file systems fill in zeros. */
function isBeginningOfHeader(line: string): boolean {
  const written = line.replace(/\0+$/, '');
  const start = `{"journal":${JSON.stringify(KIND)},"version":${VERSION},`;
  return start.startsWith(written.slice(0, start.length));
}

/** @throws unless the line is an entry, naming the line and what is wrong. */
function asEntry({number, text, value}: Line, objective: string, path: string): Entry {
  const fault = faultOf(value, objective);
  if (fault === undefined) return value as Entry;
  throw new Error(
    `search: \`journal\` ${path} is damaged in line ${number}: ${fault}, got ${text.slice(0, 80)}`,
  );
}

/** What keeps a line from being an entry. A result must hold the objective, or it could become the best by chance. */
function faultOf(value: unknown, objective: string): string | undefined {
  if (!isObject(value)) return 'it must be a JSON object';
  const {id, attempt, error, metrics, seconds} = value;
  if (typeof id !== 'string') return '`id` must be a string';
  if (error !== undefined) {
    if (typeof error !== 'string') return '`error` must be a string';
    if (metrics !== undefined) return '`metrics` must not stand beside an `error`';
    return Number.isSafeInteger(attempt) && Number(attempt) >= 1
      ? undefined
      : '`attempt` must be a whole number >= 1';
  }
  if (!isObject(metrics)) return '`metrics` must be an object';
  for (const name of new Set([objective, ...Object.keys(metrics)])) {
    if (!Object.hasOwn(metrics, name)) return `\`metrics.${name}\` must be there`;
    if (!isEncodedMetric(metrics[name])) return `\`metrics.${name}\` must be a number`;
  }
  return typeof seconds === 'number' ? undefined : '`seconds` must be a number';
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** So that the file's name, too, survives a power cut. Windows cannot, and need not. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined);
  await folder?.sync().catch(() => {});
  await folder?.close();
}
