import {crc32c} from '../crc32c.js';
import type {Bucket} from './histogram.js';
import {bytes, concat, double, type Encoded, float, integer, string} from './protobuf.js';

/*
 * The parts of TensorFlow's event messages that TensorBoard's dashboards need. Field numbers: tensorflow/core/util/event.proto;
 * summary.proto, tensor.proto, tensor_shape.proto and types.proto in tensorflow/core/framework.
 */

const DT_FLOAT = 1;
const DT_DOUBLE = 2;
const DT_STRING = 7;

/** The first record of every event file. */
export const fileVersionRecord = (): Encoded => eventRecord(0, string(3, 'brain.Event:2'));

/** One point of a curve. */
export const scalarRecord = (tag: string, value: number, step: number): Encoded =>
  valueRecord(step, string(1, tag), float(2, value));

/** One histogram of a series. */
export function histogramRecord(tag: string, buckets: readonly Bucket[], step: number): Encoded {
  const content = new Uint8Array(Float64Array.from(buckets.flat()).buffer);
  const shape = concat(bytes(2, integer(1, buckets.length)), bytes(2, integer(1, 3)));
  const tensor = concat(integer(1, DT_DOUBLE), bytes(2, shape), bytes(4, content));
  return valueRecord(step, string(1, tag), bytes(8, tensor), metadata('histograms'));
}

/** A text, which TensorBoard shows as Markdown. */
export function textRecord(tag: string, text: string, step: number): Encoded {
  const tensor = concat(integer(1, DT_STRING), bytes(2, new Uint8Array()), string(8, text));
  return valueRecord(step, string(1, tag), bytes(8, tensor), metadata('text'));
}

/** What the HParams dashboard reads: a message of its plug-in, under one of its three tags. */
export function hparamsRecord(tag: string, content: Encoded): Encoded {
  const shape = bytes(2, integer(1, 1));
  const tensor = concat(integer(1, DT_FLOAT), bytes(2, shape), float(5, 0)); // there has to be one
  return valueRecord(0, string(1, tag), bytes(8, tensor), metadata('hparams', content));
}

function metadata(plugin: string, content: Encoded = new Uint8Array()): Encoded {
  return bytes(9, bytes(1, concat(string(1, plugin), bytes(2, content))));
}

function valueRecord(step: number, ...fields: Encoded[]): Encoded {
  return eventRecord(step, bytes(5, bytes(1, concat(...fields))));
}

function eventRecord(step: number, what: Encoded): Encoded {
  return record(concat(double(1, Date.now() / 1000), integer(2, step), what));
}

/** One TFRecord: length (uint64), its checksum, data, its checksum, all little-endian. */
function record(data: Encoded): Encoded {
  const framed = new Uint8Array(8 + 4 + data.length + 4);
  const view = new DataView(framed.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedChecksum(framed.subarray(0, 8)), true);
  framed.set(data, 12);
  view.setUint32(12 + data.length, maskedChecksum(data), true);
  return framed;
}

/**
 * CRC32C, rotated and shifted by a constant, so that a checksum of data that holds checksums stays sound.
 *
 * @see tensorflow/core/lib/hash/crc32c.h, `Mask`.
 */
function maskedChecksum(data: Uint8Array): number {
  const crc = crc32c(data);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
