import {SingleBar} from 'cli-progress';
import {objectiveOf} from './definition.js';
import type {ConfigurationRow, Progress} from './results.js';
import {configurationId} from './Trial.js';

/** Where a search stands. */
export interface SearchProgress {
  /** Trials that are settled: done, or failed for good. */
  readonly settled: number;
  /** Of which so many have failed. */
  readonly failed: number;
  /** Trials in all. */
  readonly total: number;
  /** The best configuration of which all seeds are in. */
  readonly best: ConfigurationRow | undefined;
}

/** Told of progress; `stop` when the search ends in any way. */
export interface Reporter {
  report(progress: SearchProgress): void;
  stop(): void;
}

/** A bar on stderr; nothing where stderr is no terminal. */
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
    stop: () => bar.stop(),
  };
}

const show = (value: number) => String(Number(value.toPrecision(4)));
const describe = (best: ConfigurationRow) => configurationId(best).replaceAll('/', ' ');
