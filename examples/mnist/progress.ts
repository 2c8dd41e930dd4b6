import {Callback} from '@tensorflow/tfjs-layers';
import type {UnresolvedLogs} from '@tensorflow/tfjs-layers/dist/logs.js';
import {SingleBar} from 'cli-progress';

/** One epoch's figures, by the keys that training and callbacks write into `logs`. */
export type Figures = Record<string, number>;

/**
 * Shows a bar while an epoch runs, prints a line when it is over, and keeps the figures.
 *
 * Where the output is no terminal there is no bar. Stands last among the callbacks, to see what the others
 * have written into `logs`.
 */
export class Progress extends Callback {
  readonly epochs: Figures[] = [];
  private readonly bar = new SingleBar({
    format: '  epoch {epoch}  {bar}  batch {value}/{total}  {eta} s left',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 30,
    clearOnComplete: true,
    gracefulExit: false,
  });
  private began = 0;
  private epoch = '';

  constructor(
    private readonly total: number,
    private readonly batches: number,
  ) {
    super();
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    this.epoch = `${epoch + 1}/${this.total}`;
    this.began = performance.now();
    this.bar.start(this.batches, 0, {epoch: this.epoch});
  }

  override async onBatchEnd(batch: number): Promise<void> {
    this.bar.update(batch + 1);
  }

  override async onEpochEnd(_epoch: number, logs: UnresolvedLogs): Promise<void> {
    this.bar.stop();
    const seconds = (performance.now() - this.began) / 1000;
    const figures = await read(logs);
    if (this.epochs.length === 0) console.log(header(figures));
    console.log(line(this.epoch, figures, seconds));
    this.epochs.push(figures);
  }

  /** Removes the bar from the screen, to make room for a message. */
  clear(): void {
    this.bar.stop();
  }
}

/** The figures that training itself writes are still on the device. */
async function read(logs: UnresolvedLogs): Promise<Figures> {
  const entries = Object.entries(logs).map(async ([key, value]): Promise<[string, number]> => {
    return [key, typeof value === 'number' ? value : (await value.data())[0]!];
  });
  return Object.fromEntries(await Promise.all(entries));
}

interface Column {
  readonly title: string;
  readonly show: (figures: Figures) => string;
}

function columns(figures: Figures): Column[] {
  const has = (key: string) => figures[key] !== undefined;
  const fixed = (key: string, digits: number) => (row: Figures) =>
    row[key] === undefined ? '–' : row[key].toFixed(digits);
  const percent = (key: string) => (row: Figures) =>
    row[key] === undefined ? '–' : `${(100 * row[key]).toFixed(2)} %`;
  const perplexities = Object.keys(figures).filter((key) => key.startsWith('perplexity/'));
  return [
    {title: 'loss', show: fixed('loss', 4)},
    ...(has('acc') ? [{title: 'accuracy', show: percent('acc')}] : []),
    {title: 'val loss', show: fixed('val_loss', 4)},
    ...(has('acc') ? [{title: 'val accuracy', show: percent('val_acc')}] : []),
    {title: 'deadUnits', show: (row) => (has('deadUnits') ? `${row.deadUnits!.toFixed(1)} %` : '–')},
    {title: 'perplexity', show: (row) => perplexities.map((key) => row[key]?.toFixed(2)).join(' ')},
    {title: 'gradientNorm', show: fixed('gradientNorm', 3)},
  ];
}

const WIDTH = 13;

function header(figures: Figures): string {
  const titles = columns(figures).map(({title}) => title.padStart(WIDTH));
  return `  ${'epoch'.padEnd(6)}${titles.join('')}${'time'.padStart(9)}`;
}

function line(epoch: string, figures: Figures, seconds: number): string {
  const cells = columns(figures).map(({show}) => show(figures).padStart(WIDTH));
  return `  ${epoch.padEnd(6)}${cells.join('')}${`${seconds.toFixed(1)} s`.padStart(9)}`;
}
