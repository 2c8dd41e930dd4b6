import type {Settings} from './state/settings.js';

/** What the page and the worker say to each other. */

/** A set of images, as data/index.json lists it. */
export interface DataSetInfo {
  readonly id: string;
  readonly title: string;
  /** What each label means. */
  readonly classes: readonly string[];
  readonly source: string;
  readonly file: string;
  readonly train: number;
  readonly test: number;
  readonly bytes: number;
}

/** Which kind of unit a layer has. */
export type UnitKind = 'gate' | 'binary' | 'categorical';

/** What the worker is doing. */
export type Status = 'idle' | 'loading' | 'running' | 'paused' | 'finished';

/** How much of a set of images has arrived, in bytes. */
export interface Loaded {
  readonly received: number;
  readonly total: number;
}

/** One finished epoch. */
export interface EpochPoint {
  readonly epoch: number;
  readonly step: number;
  /** Everything that training and the package's monitors logged: `loss`, `val_acc`, `deadUnits/gates1` and so on. */
  readonly logs: Readonly<Record<string, number>>;
}

/** What one layer of discrete units did lately. */
export interface LayerActivity {
  readonly name: string;
  readonly kind: UnitKind;
  /** Logits: bits, gates, or categories of all groups. */
  readonly units: number;
  /** 2, 16, or the categories of a group. */
  readonly categories: number;
  /** Gates: how many have each mode, 16 counts. Otherwise each unit's share of ones, `[units]`; empty before the first batch. */
  readonly usage: Float32Array;
  /** Mean |dL/dlogit| of each unit over the layer's mean; empty before the first batch. */
  readonly gradient: Float32Array;
}

/** A test image that the network got wrong. */
export interface Mistake {
  readonly pixels: Uint8Array;
  readonly label: number;
  readonly predicted: number;
  /** Probability of the predicted class. */
  readonly certainty: number;
}

/** A test image and what the autoencoder made of it. */
export interface Reconstruction {
  readonly pixels: Uint8Array;
  readonly output: Uint8Array;
  /** The chosen category of each unit. */
  readonly code: readonly number[];
}

/** What the network says about an image. */
export interface Reading {
  /** Probability of each class; empty for an autoencoder. */
  readonly scores: readonly number[];
  /** Each discrete layer's ones and zeros. */
  readonly layers: readonly {
    readonly name: string;
    readonly kind: UnitKind;
    readonly categories: number;
    readonly values: Uint8Array;
  }[];
  /** What an autoencoder made of it. */
  readonly output: Uint8Array | undefined;
  /** For gates: what the answer rests on. */
  readonly path: GatePath | undefined;
}

/** A gate and what it reads, down to the pixels. */
export interface GateNode {
  /** A gate's name in difflogic's order, or undefined for a pixel. */
  readonly gate: string | undefined;
  /** Layer of a gate, counted from 1; 0 for a pixel. */
  readonly layer: number;
  readonly value: 0 | 1;
  /** Of a pixel: its index. */
  readonly pixel: number | undefined;
  /** Of a pixel: it counts as 1 where it is brighter, 0 to 1. */
  readonly threshold: number | undefined;
  readonly inputs: readonly GateNode[];
}

/** How a network of gates came to its answer. */
export interface GatePath {
  /** Gates that say 1, of each class. */
  readonly votes: readonly number[];
  /** Gates per class. */
  readonly gatesPerClass: number;
  /** Some of the gates that voted for the answer. */
  readonly examples: readonly GateNode[];
  /** How many of the voting gates of the answer read each pixel, `[784]`. */
  readonly pixels: Uint16Array;
}

/** What the explainer asks. */
export interface ExplainRequest {
  readonly logits: readonly number[];
  readonly forwardTemperature: number;
  readonly backwardTemperature: number;
  readonly seed: number;
}

/** One categorical unit, computed by the package. */
export interface Explanation {
  /** softmax(logits / tf). */
  readonly forward: readonly number[];
  /** softmax(logits / tb). */
  readonly backward: readonly number[];
  /** The category that one sample chose. */
  readonly sample: number;
  /** How often each category came up in `samples` samples. */
  readonly counts: readonly number[];
  readonly samples: number;
  /** d(sampled category) / d(logits), as the estimator back-propagates it. */
  readonly row: readonly number[];
}

/** What became of the gates. */
export interface Deployment {
  readonly before: {readonly gates: number; readonly depth: number};
  readonly after: {readonly gates: number; readonly depth: number};
  /** How often each kind of gate is left, by name. */
  readonly histogram: Readonly<Record<string, number>>;
  readonly compileMilliseconds: number;
  readonly wasmBytes: number;
  readonly imagesPerSecond: number;
  readonly testImages: number;
  /** Test images on which circuit and network give the same class. */
  readonly agreement: number;
  readonly circuitAccuracy: number;
  readonly modelAccuracy: number;
}

export const CIRCUIT_FILES = [
  'circuit.wasm',
  'circuit.json',
  'circuit.c',
  'circuit.v',
  'loader.mjs',
] as const;
export const MODEL_FILES = ['model.json', 'weights.bin'] as const;
export type FileName = (typeof CIRCUIT_FILES)[number] | (typeof MODEL_FILES)[number];

/** A run that a closed tab left behind. */
export interface SavedRun {
  readonly epoch: number;
}

/** Questions with answers. */
export interface Requests {
  /** Comes first; `base` is the page's address. */
  open: {args: {base: string}; reply: {backend: string; sets: readonly DataSetInfo[]}};
  /** `keeps`: whether checkpoints are written, in place of those of the last run. Replies whether this run is saved. */
  start: {args: {settings: Settings; keeps: boolean}; reply: boolean};
  /** The reply has the temperatures and the learning rate of the checkpoint. */
  resume: {args: {settings: Settings}; reply: Settings};
  forget: {args: Record<never, never>; reply: undefined};
  /** Undefined while another tab trains and saves its run. */
  saved: {args: Record<never, never>; reply: SavedRun | undefined};
  read: {args: {pixels: Uint8Array}; reply: Reading | undefined};
  explain: {args: ExplainRequest; reply: Explanation};
  deploy: {args: Record<never, never>; reply: Deployment};
  file: {args: {name: FileName}; reply: Uint8Array<ArrayBuffer>};
  /** `kept`: whether training that continues from the model is saved. */
  import: {args: {files: readonly File[]}; reply: {settings: Settings; kept: boolean}};
  fingerprint: {args: Record<never, never>; reply: string};
}

export type RequestName = keyof Requests;

/** What the page tells the worker and expects no answer to. */
export type Command =
  | {readonly type: 'run'}
  | {readonly type: 'pause'}
  | {readonly type: 'step'}
  | {readonly type: 'delay'; readonly milliseconds: number}
  | {readonly type: 'temperatures'; readonly forward: number; readonly backward: number}
  | {readonly type: 'learningRate'; readonly value: number};

/** A question on its way. */
export type Ask = {
  [K in RequestName]: {
    readonly type: 'ask';
    readonly id: number;
    readonly name: K;
    readonly args: Requests[K]['args'];
  };
}[RequestName];

/** What the worker tells the page. */
export type Event =
  | {
      readonly type: 'status';
      readonly status: Status;
      readonly epoch: number;
      readonly epochs: number;
      readonly step: number;
      readonly stepsPerEpoch: number;
    }
  | {readonly type: 'loading'; readonly loaded: Loaded}
  | {
      readonly type: 'batches';
      readonly step: number;
      readonly epoch: number;
      /** Mean loss over the batches since the last such event. */
      readonly loss: number;
      /** Mean accuracy over them; undefined for an autoencoder. */
      readonly accuracy: number | undefined;
      readonly stepsPerSecond: number;
    }
  | {readonly type: 'epoch'; readonly point: EpochPoint}
  | {readonly type: 'activity'; readonly layers: readonly LayerActivity[]}
  | {readonly type: 'mistakes'; readonly mistakes: readonly Mistake[]}
  | {readonly type: 'reconstructions'; readonly reconstructions: readonly Reconstruction[]}
  | {readonly type: 'saved'; readonly epoch: number}
  | {readonly type: 'failed'; readonly message: string}
  | {readonly type: 'answer'; readonly id: number; readonly reply: unknown}
  | {readonly type: 'refusal'; readonly id: number; readonly message: string};
