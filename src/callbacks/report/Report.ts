import {Callback} from '@tensorflow/tfjs-layers';
import type {UnresolvedLogs} from '@tensorflow/tfjs-layers/dist/logs.js';
import {checkOptions} from '../../functional/checkOptions.js';
import {invalid} from '../../functional/validate.js';
import {stoppedRun} from '../checkpoint/resumedRuns.js';
import {loggedValues} from '../loggedValues.js';
import {mustBeInstance} from '../mustBeInstance.js';
import {checkReportTexts, REPORT_TEXTS, type ReportArgs, report} from './reportPage.js';

const OWNER = 'Report';

/** Arguments of `callbacks.report`. */
export type ReportFileArgs = Omit<ReportArgs, 'model' | 'running'>;

/**
 * Writes the page of `report` after every epoch, and a last time when training ends; an open page renews itself while
 * training goes on. A run that `resume` continues shows the epochs before it, too. Node only: elsewhere call `report` with the
 * history.
 *
 * @throws If `file` is not a path, an option is unknown, the file cannot be written, or there is no file system.
 * @example
 * const toReport = new Report('runs/1.html', {title: 'First run'});
 */
export class Report extends Callback {
  private history: Record<string, (number | undefined)[]> = {};
  private epoch: number[] = [];
  /** Whether an epoch has begun. */
  private begun = false;
  /** Logs of an epoch that is over, to which later callbacks may still add. */
  private finished: UnresolvedLogs | undefined;

  constructor(
    private readonly file: string,
    private readonly args: ReportFileArgs = {},
  ) {
    super();
    if (typeof file !== 'string' || file === '') throw invalid(OWNER, 'file', 'a path', file);
    checkOptions(OWNER, args, REPORT_TEXTS);
    checkReportTexts(OWNER, args);
  }

  override async onTrainBegin(): Promise<void> {
    mustBeInstance(this, Report);
    this.history = {};
    this.epoch = [];
    this.finished = undefined;
    this.begun = false;
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    if (!this.begun) this.continueAt(epoch);
    await this.finishEpoch(true);
  }

  /** A run that goes on from a checkpoint shows the epochs before it, too. */
  private continueAt(epoch: number): void {
    this.begun = true;
    const run = stoppedRun(this.model);
    if (run?.epoch !== epoch) return;
    this.history = Object.fromEntries(Object.entries(run.history).map(([key, values]) => [key, [...values]]));
    this.epoch = [...run.epochs];
  }

  override async onEpochEnd(epoch: number, logs: UnresolvedLogs = {}): Promise<void> {
    this.epoch.push(epoch);
    this.finished = logs;
  }

  override async onTrainEnd(): Promise<void> {
    await this.finishEpoch(false);
  }

  private async finishEpoch(running: boolean): Promise<void> {
    const {finished, epoch} = this;
    this.finished = undefined;
    if (finished === undefined) return;
    for (const [key, value] of Object.entries(await loggedValues(finished))) {
      this.history[key] ??= new Array<undefined>(epoch.length - 1).fill(undefined);
      this.history[key].push(value);
    }
    const history = {history: this.history, epoch} as never;
    const page = await report(history, {...this.args, model: this.model, running});
    const {writeReport} = await import('./reportFile.js');
    writeReport(this.file, page);
  }
}
