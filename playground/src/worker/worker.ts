/** The playground's worker: TensorFlow.js, the package and the data live here, so that the page never waits. */
import {removeCheckpoints, resume} from 'tfjs-discrete';
import {type DataSet, fetchDataSet, listDataSets} from '../data/images.js';
import {
  type Ask,
  CIRCUIT_FILES,
  type Command,
  type DataSetInfo,
  type Event,
  MODEL_FILES,
  type RequestName,
  type Requests,
} from '../messages.js';
import type {DataSetId, Settings} from '../state/settings.js';
import {startBackend} from './backend.js';
import {CheckpointLock} from './CheckpointLock.js';
import {explain} from './explain.js';
import {exportModel, importModel} from './modelFiles.js';
import {CHECKPOINTS} from './PeriodicCheckpoint.js';
import {type Origin, Run} from './Run.js';

type Handlers = {[K in RequestName]: (args: Requests[K]['args']) => Promise<Requests[K]['reply']>};

const emit = (event: Event) => self.postMessage(event);

/** A tab that is being closed has this long to release its lock, in milliseconds. */
const CLOSING = 1000;
const ANOTHER_TAB = 'Another tab of this page is training and saves its run.';

const checkpointLock = new CheckpointLock();
let base = '';
let sets: readonly DataSetInfo[] = [];
let loaded: DataSet | undefined;
let run: Run | undefined;
let exported: Awaited<ReturnType<typeof exportModel>> | undefined;

async function loadData(id: DataSetId): Promise<DataSet> {
  const info = sets.find((set) => set.id === id);
  if (info === undefined) {
    const known = sets.map((set) => set.id).join(', ');
    throw new Error(`This copy of the page has no images called ${id}; it has ${known}.`);
  }
  if (loaded?.info.id !== id) {
    loaded = await fetchDataSet(base, info, (progress) => emit({type: 'loading', loaded: progress}));
  }
  return loaded;
}

async function begin(settings: Settings, origin: Origin, isPaused = false): Promise<void> {
  const data = await loadData(settings.data).catch((error: Error) => {
    checkpointLock.release();
    throw error;
  });
  const begun = new Run(settings, data, emit, origin);
  run = begun;
  if (isPaused) begun.pace.pause();
  void begun.train().then(() => {
    if (run === begun) checkpointLock.release();
  });
}

/** Ends the run under way; its checkpoints stay, and so does the lock, for the next run. */
async function end(): Promise<void> {
  const ended = run;
  run = undefined;
  await ended?.stop();
}

const handlers: Handlers = {
  open: async ({base: address}) => {
    base = address;
    const [backend, listed] = await Promise.all([startBackend(), listDataSets(base)]);
    sets = listed;
    return {backend, sets};
  },
  start: async ({settings, keeps}) => {
    emit({type: 'status', status: 'loading', epoch: 0, epochs: settings.epochs, step: 0, stepsPerEpoch: 0});
    await end();
    const kept = keeps && (await checkpointLock.acquire());
    if (kept) await removeCheckpoints(CHECKPOINTS);
    await begin(settings, {keeps: kept});
    return kept;
  },
  resume: async ({settings}) => {
    await end();
    if (!(await checkpointLock.acquire())) throw new Error(ANOTHER_TAB);
    const resumed = await resume(CHECKPOINTS);
    if (resumed === undefined) {
      checkpointLock.release();
      throw new Error('There is no saved run.');
    }
    await begin(settings, {resumed, keeps: true});
    return current().currentSettings();
  },
  forget: async () => {
    if (!(await checkpointLock.acquire())) throw new Error(ANOTHER_TAB);
    try {
      await removeCheckpoints(CHECKPOINTS);
    } finally {
      if (run === undefined) checkpointLock.release();
    }
    return undefined;
  },
  saved: async () => {
    if (!(await checkpointLock.acquire(CLOSING))) return undefined;
    try {
      const resumed = await resume(CHECKPOINTS);
      if (resumed === undefined) return undefined;
      resumed.model.dispose();
      resumed.optimizer.dispose();
      return {epoch: resumed.epoch};
    } finally {
      if (run === undefined) checkpointLock.release();
    }
  },
  read: async ({pixels}) => run?.read(pixels),
  explain: async (request) => explain(request),
  deploy: async () => (await current().deploy()).deployment,
  file: async ({name}) => {
    if ((CIRCUIT_FILES as readonly string[]).includes(name)) {
      const files = current().circuitFiles;
      if (files === undefined) throw new Error('Compile the circuit first.');
      return files[name as (typeof CIRCUIT_FILES)[number]]();
    }
    const {model} = current();
    // Both files of one model: the second one is that of the first, even if training went on.
    if (name === MODEL_FILES[0] || exported === undefined) {
      exported = await exportModel(model, current().currentSettings());
    }
    return exported[name as (typeof MODEL_FILES)[number]];
  },
  import: async ({files}) => {
    const {model, settings} = await importModel(files);
    await end();
    const kept = await checkpointLock.acquire();
    if (kept) await removeCheckpoints(CHECKPOINTS);
    await begin(settings, {imported: model, keeps: kept}, true);
    return {settings, kept};
  },
  fingerprint: async () => current().fingerprint(),
};

/** @throws If nothing was trained yet. */
function current(): Run {
  if (run === undefined) throw new Error('Train a network first.');
  return run;
}

function obey(command: Command): void {
  if (run === undefined) return;
  if (command.type === 'run') run.pace.run();
  else if (command.type === 'pause') run.pace.pause();
  else if (command.type === 'step') run.pace.step();
  else if (command.type === 'delay') run.pace.delay = command.milliseconds;
  else if (command.type === 'temperatures') run.setTemperatures(command.forward, command.backward);
  else run.setLearningRate(command.value);
}

async function answer({id, name, args}: Ask): Promise<void> {
  try {
    const reply = await (handlers[name] as (args: unknown) => Promise<unknown>)(args);
    emit({type: 'answer', id, reply});
  } catch (error) {
    emit({type: 'refusal', id, message: (error as Error).message});
  }
}

self.onmessage = ({data}: MessageEvent<Ask | Command>) => {
  if (data.type === 'ask') void answer(data);
  else obey(data);
};
