import type {io, serialization} from '@tensorflow/tfjs-core';
import {crc32c} from '../crc32c.js';

/** What a run was when it was saved. */
export interface CheckpointContents {
  readonly state: CheckpointState;
  readonly modelWeights: Uint8Array;
  readonly optimizerWeights: Uint8Array;
}

/** All of it but the numbers in tensors. */
export interface CheckpointState {
  /** Epoch to go on with, counted from 0. */
  readonly epoch: number;
  /** How many batches of that epoch are over. */
  readonly batch: number;
  /** Steps of the optimizer. */
  readonly step: number;
  /** Every metric of every finished epoch. */
  readonly history: Readonly<Record<string, readonly number[]>>;
  /** Epochs that `history` is about. */
  readonly epochs: readonly number[];
  /** Sums over the batches of the epoch that is under way; undefined between two epochs. */
  readonly partial?: PartialEpoch | undefined;
  /** The best value of the monitored metric, and the checkpoint that has it. */
  readonly best?: {readonly value: number; readonly name: string} | undefined;
  /** What tells one set of batches from another. */
  readonly batches?:
    | {readonly seed: number; readonly batchSize: number; readonly samples: number}
    | undefined;
  readonly model: {readonly topology: object; readonly specs: readonly io.WeightsManifestEntry[]};
  readonly optimizer: {
    readonly className: string;
    readonly config: serialization.ConfigDict;
    readonly specs: readonly io.WeightsManifestEntry[];
  };
  /** Undefined where a loss or metric is a function. */
  readonly training?: {readonly loss: Names; readonly metrics: Names} | undefined;
}

/** Names of losses or metrics, as `compile` takes them. */
export type Names = string | string[] | {[output: string]: string};

/** Sums of `logs` times batch size, in float32, and the number of samples. */
export interface PartialEpoch {
  readonly seen: number;
  readonly totals: Readonly<Record<string, number>>;
}

/** The eighth character is the format's number. */
const MAGIC = 'TFDCKPT1';

/** Magic (8 bytes), length of the whole (8), checksum of all that follows it (4), length of the state (4) and of the weights (8). */
const HEADER_BYTES = 32;
const CHECKED_FROM = 20;

/**
 * A checkpoint as one file: a header, the state as JSON, the model's weights and the optimizer's, little-endian.
 */
export function encodeCheckpoint(contents: CheckpointContents): Uint8Array {
  const state = new TextEncoder().encode(JSON.stringify(contents.state, numbersAsText));
  const {modelWeights, optimizerWeights} = contents;
  const bytes = new Uint8Array(HEADER_BYTES + state.length + modelWeights.length + optimizerWeights.length);
  const header = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(MAGIC));
  header.setBigUint64(8, BigInt(bytes.length), true);
  header.setUint32(20, state.length, true);
  header.setBigUint64(24, BigInt(modelWeights.length), true);
  bytes.set(state, HEADER_BYTES);
  bytes.set(modelWeights, HEADER_BYTES + state.length);
  bytes.set(optimizerWeights, HEADER_BYTES + state.length + modelWeights.length);
  header.setUint32(16, crc32c(bytes.subarray(CHECKED_FROM)), true);
  return bytes;
}

/**
 * The contents of a file that `encodeCheckpoint` made.
 *
 * @param location What to call the file in errors.
 * @throws If it is not a checkpoint, one of another format, cut off or changed since.
 */
export function decodeCheckpoint(location: string, bytes: Uint8Array): CheckpointContents {
  const fault = (what: string) => new Error(`resume: ${location} ${what}.`);
  const magic = new TextDecoder().decode(bytes.subarray(0, MAGIC.length));
  if (magic !== MAGIC.slice(0, magic.length) || magic === '') {
    const known = magic.slice(0, -1) === MAGIC.slice(0, -1);
    throw fault(
      known
        ? `has format ${magic.at(-1)}, this release reads format ${MAGIC.at(-1)}`
        : 'is not a checkpoint of tfjs-discrete',
    );
  }
  if (bytes.length < HEADER_BYTES) throw fault(`is cut off after ${bytes.length} bytes, within its header`);
  const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const length = Number(header.getBigUint64(8, true));
  if (bytes.length < length) throw fault(`is cut off after ${bytes.length} of ${length} bytes`);
  if (bytes.length > length || header.getUint32(16, true) !== crc32c(bytes.subarray(CHECKED_FROM))) {
    throw fault('has changed since it was written: its checksum does not match');
  }
  const weightsFrom = HEADER_BYTES + header.getUint32(20, true);
  const optimizerFrom = weightsFrom + Number(header.getBigUint64(24, true));
  const text = new TextDecoder().decode(bytes.subarray(HEADER_BYTES, weightsFrom));
  return {
    state: JSON.parse(text, numbersFromText),
    modelWeights: bytes.slice(weightsFrom, optimizerFrom),
    optimizerWeights: bytes.slice(optimizerFrom),
  };
}

/** JSON has no NaN and no infinity, metrics do. */
const TEXTS: Readonly<Record<string, number>> = {
  '#NaN': Number.NaN,
  '#Infinity': Number.POSITIVE_INFINITY,
  '#-Infinity': Number.NEGATIVE_INFINITY,
};

function numbersAsText(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? `#${value}` : value;
}

function numbersFromText(_key: string, value: unknown): unknown {
  return typeof value === 'string' && value in TEXTS ? TEXTS[value] : value;
}
