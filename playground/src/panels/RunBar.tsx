import {bytes, percent, short, whole} from '../page/format.js';
import {
  client,
  curves,
  delay,
  hasRun,
  latest,
  loading,
  runSettings,
  standing,
  start,
  stepsPerSecond,
  waitsForRestart,
} from '../state/store.js';

const SPEEDS = [
  {label: 'Full speed', milliseconds: 0},
  {label: '10 batches a second', milliseconds: 100},
  {label: '2 batches a second', milliseconds: 500},
  {label: '1 batch a second', milliseconds: 1000},
];

/** Starts, pauses and slows training, and says how far it is. */
export function RunBar() {
  const {status, epoch, epochs, step} = standing.value;
  const idle = status === 'idle' || status === 'finished';
  const primary = {
    idle: 'Train',
    loading: 'Loading …',
    running: 'Pause',
    paused: 'Continue',
    finished: 'Train again',
  }[status];
  const press = () => {
    if (idle) void start();
    else client.tell({type: status === 'running' ? 'pause' : 'run'});
  };
  return (
    <section class="runbar" id="runbar" aria-label="Training">
      <div class="buttons">
        <button type="button" class="primary" id="train" onClick={press} disabled={status === 'loading'}>
          {primary}
        </button>
        <button
          type="button"
          id="step"
          onClick={() => client.tell({type: 'step'})}
          disabled={!hasRun.value || idle}
        >
          One batch
        </button>
        <button type="button" id="restart" onClick={() => void start()} disabled={!hasRun.value}>
          Start over
        </button>
        <label class="inline">
          <span class="visually-hidden">Speed</span>
          <select
            id="speed"
            value={delay.value}
            onChange={({currentTarget}) => {
              delay.value = Number(currentTarget.value);
              client.tell({type: 'delay', milliseconds: delay.value});
            }}
          >
            {SPEEDS.map(({label, milliseconds}) => (
              <option key={label} value={milliseconds}>
                {label}
              </option>
            ))}
          </select>
        </label>
      </div>
      <dl class="standing">
        <Score />
        <div>
          <dt>Epoch</dt>
          <dd id="epoch">
            {runSettings.value === undefined ? '–' : `${Math.min(epoch + 1, epochs)} of ${epochs}`}
          </dd>
        </div>
        <div>
          <dt>Batches</dt>
          <dd id="batches">{whole(step)}</dd>
        </div>
        <div>
          <dt>Per second</dt>
          <dd>{status === 'running' ? short(Math.round(stepsPerSecond.value * 10) / 10) : '–'}</dd>
        </div>
      </dl>
      <Loading />
      <p class="visually-hidden" role="status">
        {spoken(status, curves.value.points.length)}
      </p>
      {waitsForRestart.value && (
        <p class="note" id="restart-note">
          These changes apply to the next run: press <b>Start over</b> to begin it.
        </p>
      )}
    </section>
  );
}

/** How much of the images has arrived. */
function Loading() {
  if (loading.value === undefined) return null;
  const {received, total} = loading.value;
  return (
    <div class="loading" id="loading">
      <label for="loading-bar">
        Loading images: {bytes(received)} of {bytes(total)}
      </label>
      <progress id="loading-bar" max={total} value={received} />
    </div>
  );
}

/** The number that matters: accuracy on the test images, or the loss of an autoencoder. */
function Score() {
  const {val_acc: accuracy, val_loss: loss} = latest.value;
  const isAutoencoder = runSettings.value?.model === 'autoencoder';
  return (
    <div class="score">
      <dt>{isAutoencoder ? 'Test loss' : 'Test accuracy'}</dt>
      <dd id="score">
        {isAutoencoder
          ? loss === undefined
            ? '–'
            : loss.toFixed(4)
          : accuracy === undefined
            ? '–'
            : percent(accuracy)}
      </dd>
    </div>
  );
}

/** Said by screen readers once per change of status, and after every fifth epoch. */
function spoken(status: string, epochs: number): string {
  const {val_acc: accuracy, val_loss: loss} = latest.value;
  const result =
    accuracy !== undefined
      ? `test accuracy ${percent(accuracy)}`
      : loss !== undefined
        ? `test loss ${short(loss)}`
        : '';
  if (status === 'running' && epochs % 5 !== 0) return '';
  return epochs === 0
    ? `Training is ${status}.`
    : `Training is ${status}. After ${epochs} epochs: ${result}.`;
}
