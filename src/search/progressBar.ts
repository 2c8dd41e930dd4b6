import {SingleBar} from 'cli-progress';
import {objectiveOf} from './definition.js';
import type {ConfigurationRow, Progress} from './results.js';

/** Where a search stands. */
export interface SearchProgress {
  /** Trials that are settled: done, or failed for good. */
  readonly settled: number;
  /** Number of settled trials that failed. */
  readonly failed: number;
  /** Trials in all. */
  readonly total: number;
  /** The best configuration of which all seeds are in. */
  readonly best: ConfigurationRow | undefined;
}

/** Shows a person how the search progresses. */
export interface Reporter {
  report(progress: SearchProgress): void;
  /** An attempt at a trial has failed. */
  failed(trial: string, attempt: number, error: string): void;
  /** The search has ended in any way. */
  stop(): void;
}

/** A bar on stderr, for a terminal. */
export function progressBar(progress: Progress): Reporter {
  const {name} = objectiveOf(progress.definition);
  const bar = new SingleBar({
    format: '{bar} {value}/{total} trials{failed}  {eta_formatted} left{best}',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 30,
    gracefulExit: false,
    stream: process.stderr,
  });
  let began = false;
  return {
    report({settled, failed, total, best}) {
      const payload = {
        failed: failed === 0 ? '' : `, ${failed} failed`,
        best:
          best === undefined ? '' : `  best ${name} ${show(best.metrics[name]!.mean)} at ${describe(best)}`,
      };
      if (began) bar.update(settled, payload);
      else bar.start(total, settled, payload);
      began = true;
    },
    failed(trial, attempt, error) {
      process.stderr.write(`\r\u001b[2K${failureLine(trial, attempt, error)}\n`); // in place of the bar, which follows below
    },
    stop: () => bar.stop(),
  };
}

/** A line on stderr for each tenth of the trials and each failure, where stderr is not a terminal. */
export function progressLines(progress: Progress): Reporter {
  const {name} = objectiveOf(progress.definition);
  let printed = -1;
  const print = (line: string) => process.stderr.write(`${line}\n`);
  return {
    report({settled, failed, total, best}) {
      const tenth = Math.floor((10 * settled) / total);
      if (tenth === printed) return;
      printed = tenth;
      const failures = failed === 0 ? '' : `, ${failed} failed`;
      const found =
        best === undefined ? '' : `, best ${name} ${show(best.metrics[name]!.mean)} at ${describe(best)}`;
      print(`search: ${settled}/${total} trials${failures}${found}`);
    },
    failed: (trial, attempt, error) => print(failureLine(trial, attempt, error)),
    stop: () => {},
  };
}

const failureLine = (trial: string, attempt: number, error: string) =>
  `search: trial ${trial} failed (attempt ${attempt}): ${error}`;

const show = (value: number) => String(Number(value.toPrecision(4)));
const describe = ({forwardTemperature, backwardTemperature, learningRate}: ConfigurationRow) =>
  `forwardTemperature ${forwardTemperature}, backwardTemperature ${backwardTemperature}` +
  (learningRate === undefined ? '' : `, learningRate ${learningRate}`);
