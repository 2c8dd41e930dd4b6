import {batch, computed, signal} from '@preact/signals';
import type {
  DataSetInfo,
  EpochPoint,
  Event,
  LayerActivity,
  Loaded,
  Mistake,
  Reconstruction,
  SavedRun,
  Status,
} from '../messages.js';
import {forget, recall, remember} from '../page/storage.js';
import {WorkerClient} from '../page/WorkerClient.js';
import {fromAddress, toAddress} from './address.js';
import {DEFAULTS, fitTogether, type ModelKind, type Settings} from './settings.js';

/** How a run went: per epoch, and between epochs. */
export interface Curves {
  readonly points: readonly EpochPoint[];
  readonly trace: {
    readonly step: readonly number[];
    readonly loss: readonly number[];
    readonly accuracy: readonly (number | undefined)[];
  };
}

/** A run that was kept for comparison. */
export interface PinnedRun extends Curves {
  readonly name: string;
  readonly settings: Settings;
}

/** Where training stands. */
export interface Standing {
  readonly status: Status;
  readonly epoch: number;
  readonly epochs: number;
  readonly step: number;
  readonly stepsPerEpoch: number;
}

const NOBODY: Standing = {status: 'idle', epoch: 0, epochs: 0, step: 0, stepsPerEpoch: 0};
const NO_CURVES: Curves = {points: [], trace: {step: [], loss: [], accuracy: []}};
/** The shortest time between two updates of the curves, in milliseconds. */
const DRAW_EVERY = 200;
const MOST_POINTS = 3000;
const SAVED_SETTINGS = 'tfjs-discrete-playground/settings';

const address = fromAddress(location.hash);

/** What the form shows; a run keeps those it began with. */
export const settings = signal<Settings>(address.settings);
export const embedded = address.embedded;
export const addressFaults = signal(address.faults);
export const runSettings = signal<Settings | undefined>(undefined);
export const standing = signal<Standing>(NOBODY);
export const stepsPerSecond = signal(0);
export const curves = signal<Curves>(NO_CURVES);
export const pinned = signal<readonly PinnedRun[]>([]);
export const activity = signal<readonly LayerActivity[]>([]);
export const mistakes = signal<readonly Mistake[]>([]);
export const reconstructions = signal<readonly Reconstruction[]>([]);
export const dataSets = signal<readonly DataSetInfo[]>([]);
export const backend = signal('');
export const failure = signal('');
export const savedRun = signal<SavedRun | undefined>(undefined);
export const delay = signal(0);
/** The images on their way, while a run is loading them. */
export const loading = signal<Loaded | undefined>(undefined);
/** Whether the run is not saved because another tab saves its own. */
export const isUnsaved = signal(false);

/** Whether there is a network that can be asked. */
export const hasRun = computed(() => runSettings.value !== undefined && standing.value.status !== 'loading');
/** The last epoch's numbers. */
export const latest = computed(() => curves.value.points.at(-1)?.logs ?? {});
/** What the images of the run show. */
export const classes = computed(
  () => dataSets.value.find(({id}) => id === (runSettings.value ?? settings.value).data)?.classes ?? [],
);
/** Whether the form differs from the run in more than what acts at once. */
export const waitsForRestart = computed(() => {
  const run = runSettings.value;
  if (run === undefined) return false;
  const {forwardTemperature, backwardTemperature, learningRate} = settings.value;
  return (
    toAddress(settings.value) !== toAddress({...run, forwardTemperature, backwardTemperature, learningRate})
  );
});

// Settings that are typed into the address of the open page.
addEventListener('hashchange', () => {
  const {settings: typed, faults} = fromAddress(location.hash);
  settings.value = typed;
  addressFaults.value = faults;
});

let pending: Curves = NO_CURVES;
let drawing: ReturnType<typeof setTimeout> | undefined;

function change(next: Curves): void {
  pending = next;
  drawing ??= setTimeout(draw, DRAW_EVERY);
}

function draw(): void {
  clearTimeout(drawing);
  drawing = undefined;
  curves.value = pending;
}

export const client = new WorkerClient(hear);

function hear(event: Event): void {
  switch (event.type) {
    case 'status': {
      const {type: _, ...now} = event;
      if (now.status === 'finished') draw();
      if (now.status !== 'loading') loading.value = undefined;
      standing.value = now;
      return;
    }
    case 'loading':
      loading.value = event.loaded;
      return;
    case 'batches': {
      const {step, loss, accuracy, epoch} = event;
      const trace = thinned(pending.trace);
      change({
        ...pending,
        trace: {
          step: [...trace.step, step],
          loss: [...trace.loss, loss],
          accuracy: [...trace.accuracy, accuracy],
        },
      });
      stepsPerSecond.value = event.stepsPerSecond;
      standing.value = {...standing.value, step, epoch};
      return;
    }
    case 'epoch':
      change({...pending, points: [...pending.points, event.point]});
      return;
    case 'activity':
      activity.value = event.layers;
      return;
    case 'mistakes':
      mistakes.value = event.mistakes;
      return;
    case 'reconstructions':
      reconstructions.value = event.reconstructions;
      return;
    case 'failed':
      failure.value = event.message;
      return;
  }
}

/** Starts the worker's backend, and looks for a run that a closed tab left behind. */
export async function open(): Promise<void> {
  await reporting(async () => {
    const opened = await client.ask('open', {base: document.baseURI});
    batch(() => {
      backend.value = opened.backend;
      dataSets.value = opened.sets;
    });
    if (embedded || recall(SAVED_SETTINGS) === null) return;
    savedRun.value = await client.ask('saved', {});
  });
}

/** Shows what went wrong in place of an unhandled rejection. */
export async function reporting(act: () => Promise<void>): Promise<void> {
  failure.value = '';
  try {
    await act();
  } catch (error) {
    failure.value = (error as Error).message;
    loading.value = undefined;
    if (standing.value.status !== 'loading') return;
    runSettings.value = undefined;
    standing.value = NOBODY;
  }
}

/** At most `MOST_POINTS` points: of a longer curve every second one. */
function thinned({step, loss, accuracy}: Curves['trace']): Curves['trace'] {
  if (step.length < MOST_POINTS) return {step, loss, accuracy};
  const every = <T>(values: readonly T[]) => values.filter((_, i) => i % 2 === 1);
  return {step: every(step), loss: every(loss), accuracy: every(accuracy)};
}

function clear(run: Settings): void {
  clearTimeout(drawing);
  drawing = undefined;
  pending = NO_CURVES;
  batch(() => {
    curves.value = NO_CURVES;
    runSettings.value = run;
    activity.value = [];
    mistakes.value = [];
    reconstructions.value = [];
    savedRun.value = undefined;
    isUnsaved.value = false;
    standing.value = {...NOBODY, status: 'loading', epochs: run.epochs};
  });
}

/** Begins a new run with the form's settings. */
export function start(): Promise<void> {
  const chosen = settings.value;
  return reporting(async () => {
    clear(chosen);
    saves(await client.ask('start', {settings: chosen, keeps: !embedded}), chosen);
    catchUp(chosen);
  });
}

/** Remembers the settings of a run whose checkpoints are written. */
function saves(kept: boolean, run: Settings): void {
  if (kept) remember(SAVED_SETTINGS, toAddress(run));
  isUnsaved.value = !kept && !embedded;
}

/** Applies what was changed while the run was loading. */
function catchUp(run: Settings): void {
  client.tell({type: 'delay', milliseconds: delay.value});
  const {forwardTemperature, backwardTemperature, learningRate} = settings.value;
  if (forwardTemperature !== run.forwardTemperature || backwardTemperature !== run.backwardTemperature) {
    choose({forwardTemperature, backwardTemperature});
  }
  if (learningRate !== run.learningRate) choose({learningRate});
}

/** Continues the run that a closed tab left behind. */
export function resumeSaved(): Promise<void> {
  return reporting(async () => {
    const saved = fromAddress(recall(SAVED_SETTINGS) ?? '').settings;
    clear(saved);
    settings.value = saved;
    settings.value = await client.ask('resume', {settings: saved});
    client.tell({type: 'delay', milliseconds: delay.value});
  });
}

/** Forgets the run that a closed tab left behind. */
export function forgetSaved(): Promise<void> {
  return reporting(async () => {
    savedRun.value = undefined;
    await client.ask('forget', {});
    forget(SAVED_SETTINGS);
  });
}

/** Shows a network from files. */
export function importFiles(files: readonly File[]): Promise<void> {
  return reporting(async () => {
    const {settings: imported, kept} = await client.ask('import', {files});
    const {epochs} = imported;
    batch(() => {
      runSettings.value = imported;
      settings.value = imported;
      curves.value = NO_CURVES;
      savedRun.value = undefined;
      standing.value = {...standing.value, epochs};
    });
    pending = NO_CURVES;
    saves(kept, imported);
    client.tell({type: 'delay', milliseconds: delay.value});
  });
}

/** Changes the form; temperatures and the learning rate act on the run at once. */
export function choose(changes: Partial<Settings>): void {
  const next = fitTogether({...settings.value, ...changes});
  settings.value = next;
  const run = runSettings.value;
  if (run === undefined || run.model !== next.model || run.estimator !== next.estimator) return;
  if ('forwardTemperature' in changes || 'backwardTemperature' in changes) {
    const {forwardTemperature: forward, backwardTemperature: backward} = next;
    client.tell({type: 'temperatures', forward, backward});
  }
  if (changes.learningRate !== undefined) client.tell({type: 'learningRate', value: changes.learningRate});
}

/** Another kind of network, with its defaults; data and seed stay. */
export function chooseModel(model: ModelKind): void {
  const {data, seed} = settings.value;
  settings.value = {...DEFAULTS[model], data, seed};
}

/** Keeps the curves of the run for comparison. */
export function pin(): void {
  const run = runSettings.value;
  if (run === undefined) return;
  const used = pinned.value.map(({name}) => name);
  const name = ['A', 'B', 'C', 'D'].find((letter) => !used.includes(letter));
  if (name !== undefined) pinned.value = [...pinned.value, {name, settings: run, ...pending}];
}

export function unpin(name: string): void {
  pinned.value = pinned.value.filter((run) => run.name !== name);
}
