import {Callback} from '@tensorflow/tfjs-layers';
import type {UnresolvedLogs} from '@tensorflow/tfjs-layers/dist/logs.js';
import {checkOptions} from '../functional/checkOptions.js';
import {invalid} from '../functional/validate.js';
import type {LineFile} from './csvFile.js';
import {loggedValues} from './loggedValues.js';
import {mustBeInstance} from './mustBeInstance.js';

const OWNER = 'CsvLogger';

/** Options of `callbacks.csvLogger`. */
export interface CsvLoggerArgs {
  /**
   * Keeps the rows of an earlier run that continues, up to the epoch at which this one begins. Default false: the file
   * begins anew.
   */
  append?: boolean;
}

/**
 * Writes one row per epoch into a CSV file: `epoch`, counted from 0, and every metric in `logs`. Node only.
 *
 * A row is on its way to the disk when its epoch ends. A metric that first appears later gets a column of its own, empty in
 * earlier rows. A callback that adds metrics stands before this one in the array of callbacks.
 *
 * @throws If `file` is not a path, an option is unknown, the file cannot be written to, or a file to append to is not of
 *   this kind.
 * @example
 * const logger = new CsvLogger('runs/log.csv');
 */
export class CsvLogger extends Callback {
  private readonly append: boolean;
  private target: LineFile | undefined;
  private columns: string[] = [];
  private rows: string[][] = [];

  constructor(
    private readonly file: string,
    args: CsvLoggerArgs = {},
  ) {
    super();
    if (typeof file !== 'string' || file === '') throw invalid(OWNER, 'file', 'a path', file);
    checkOptions(OWNER, args, ['append']);
    const {append = false} = args;
    if (typeof append !== 'boolean') throw invalid(OWNER, 'append', 'true or false', append);
    this.append = append;
  }

  override async onTrainBegin(): Promise<void> {
    mustBeInstance(this, CsvLogger);
    const {csvFile} = await import('./csvFile.js');
    this.target = csvFile(this.file);
    const [header = [], ...rows] = this.append ? parse(this.target.read() ?? '') : [];
    if (header.length > 0 && header[0] !== 'epoch') {
      throw invalid(OWNER, 'file', "a file of this callback's, whose first column is `epoch`", this.file);
    }
    this.columns = header.slice(1);
    this.rows = rows;
    this.target.replace(this.text());
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    const kept = this.rows.filter(([first]) => Number(first) < epoch);
    if (kept.length === this.rows.length) return;
    this.rows = kept;
    this.target!.replace(this.text());
  }

  override async onEpochEnd(epoch: number, logs?: UnresolvedLogs): Promise<void> {
    const values = await loggedValues(logs);
    const fresh = Object.keys(values).filter((key) => !this.columns.includes(key));
    this.columns.push(...fresh);
    this.rows.push([String(epoch), ...this.columns.map((key) => String(values[key] ?? ''))]);
    if (fresh.length > 0) this.target!.replace(this.text());
    else this.target!.append(line(this.rows.at(-1)!));
  }

  private text(): string {
    if (this.columns.length === 0) return '';
    const width = this.columns.length + 1;
    const full = this.rows.map((row) => [...row, ...Array<string>(width - row.length).fill('')]);
    return [['epoch', ...this.columns], ...full].map(line).join('');
  }
}

function line(fields: readonly string[]): string {
  const quoted = fields.map((field) => (/[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field));
  return `${quoted.join(',')}\n`;
}

/** Rows of fields. A last line without its end, which a kill may leave, is dropped. */
function parse(text: string): string[][] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((row) =>
      Array.from(row.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g), ([, quoted, plain]) =>
        quoted === undefined ? plain! : quoted.replaceAll('""', '"'),
      ),
    );
}
