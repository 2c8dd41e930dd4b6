import type {SingleBar} from 'cli-progress';
import type {ProgressDisplay, ProgressView, TrainingProgress} from './Progress.js';

/** How progress is shown in Node; a bundle for the browser has `progressView.browser.ts` in place of this file. */
export async function progressView(display: ProgressDisplay): Promise<ProgressView | undefined> {
  if (display === 'none') return undefined;
  if (display === 'lines' || (display === 'auto' && !process.stderr.isTTY)) return lines();
  const {SingleBar} = await import('cli-progress');
  return bar(
    new SingleBar({
      format: '  epoch {epoch}  {bar}  batch {value}/{size}  loss {loss}  {left} left',
      barCompleteChar: '█',
      barIncompleteChar: '░',
      barsize: 24,
      clearOnComplete: true,
      gracefulExit: false,
      noTTYOutput: display === 'bar',
      stream: process.stderr,
    }),
  );
}

/** A bar while an epoch runs, its line when it is over. */
function bar(single: SingleBar): ProgressView {
  let running = false;
  const stop = () => {
    if (running) single.stop();
    running = false;
  };
  return {
    show(progress) {
      if (progress.type !== 'batch') {
        stop();
        if (progress.type === 'epoch') console.log(epochLine(progress));
        return;
      }
      const {batch, batches, loss, secondsLeft} = progress;
      const payload = {
        epoch: `${progress.epoch}/${progress.epochs}`,
        size: batches ?? '?',
        loss: loss === undefined ? '–' : figure(loss),
        left: secondsLeft === undefined ? '–' : duration(secondsLeft),
      };
      if (running) single.update(batch, payload);
      else single.start(batches ?? 0, batch, payload);
      running = true;
    },
    close: stop,
  };
}

function lines(): ProgressView {
  return {
    show: (progress) => {
      if (progress.type === 'epoch') console.log(epochLine(progress));
    },
    close: () => {},
  };
}

/** Such as "epoch 3/10  loss 0.2134  val_acc 93.1 %  deadUnits 2.5 %  perplexity/bits 1.83  4.1 s". */
export function epochLine({epoch, epochs, logs = {}, seconds}: TrainingProgress): string {
  const shown = Object.entries(logs)
    .filter(([key]) => !key.includes('/') || key.startsWith('perplexity/'))
    .sort(([a], [b]) => Number(a.startsWith('val_')) - Number(b.startsWith('val_')))
    .map(([key, value]) => `${key} ${isShare(key) ? `${(100 * value).toFixed(2)} %` : withUnit(key, value)}`);
  return [`epoch ${epoch}/${epochs}`, ...shown, duration(seconds)].join('  ');
}

const isShare = (key: string) => /^(val_)?(acc|accuracy|categoricalAccuracy|binaryAccuracy)$/.test(key);
const withUnit = (key: string, value: number) =>
  key === 'deadUnits' ? `${value.toFixed(1)} %` : figure(value);

/** Four digits. */
const figure = (value: number) => String(Number(value.toPrecision(4)));

/** Such as "4.1 s", "2 min 10 s", "1 h 5 min". */
export function duration(seconds: number): string {
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
