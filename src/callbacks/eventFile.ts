import {appendFileSync, mkdirSync, truncateSync, writeFileSync} from 'node:fs';
import {hostname} from 'node:os';
import {join} from 'node:path';
import crc32c from 'crc-32/crc32c.js';
import protobuf from 'protobufjs/light.js';
import {invalid} from '../functional/validate.js';
import type {EventWriter, EventWriterFactory} from './EventWriter.js';
import {histogram} from './histogram.js';

/**
 * The parts of TensorFlow's event messages that a scalar and a histogram need.
 *
 * @see tensorflow/core/util/event.proto; summary.proto, tensor.proto and tensor_shape.proto in
 *   tensorflow/core/framework.
 */
const messages = protobuf.Root.fromJSON({
  nested: {
    Event: {
      oneofs: {what: {oneof: ['fileVersion', 'summary']}},
      fields: {
        wallTime: {type: 'double', id: 1},
        step: {type: 'int64', id: 2},
        fileVersion: {type: 'string', id: 3},
        summary: {type: 'Summary', id: 5},
      },
    },
    Summary: {fields: {value: {rule: 'repeated', type: 'Value', id: 1}}},
    Value: {
      oneofs: {value: {oneof: ['simpleValue', 'tensor']}},
      fields: {
        tag: {type: 'string', id: 1},
        simpleValue: {type: 'float', id: 2},
        tensor: {type: 'Tensor', id: 8},
        metadata: {type: 'Metadata', id: 9},
      },
    },
    Metadata: {fields: {pluginData: {type: 'PluginData', id: 1}}},
    PluginData: {fields: {pluginName: {type: 'string', id: 1}}},
    Tensor: {
      fields: {
        dtype: {type: 'int32', id: 1},
        tensorShape: {type: 'Shape', id: 2},
        tensorContent: {type: 'bytes', id: 4},
      },
    },
    Shape: {fields: {dim: {rule: 'repeated', type: 'Dimension', id: 2}}},
    Dimension: {fields: {size: {type: 'int64', id: 1}}},
  },
});
const Event = messages.lookupType('Event');

/** `DT_DOUBLE` of tensorflow/core/framework/types.proto. */
const FLOAT64 = 2;

/** Beyond this much, or after this long, events go to disk without being asked to. */
const MAX_PENDING_BYTES = 1 << 20;
const MAX_PENDING_MILLISECONDS = 2_000;

/**
 * CRC32C, rotated and shifted by a constant, so that a checksum of data that holds checksums stays sound.
 *
 * @see tensorflow/core/lib/hash/crc32c.h, `Mask`.
 */
function maskedChecksum(data: Uint8Array): number {
  const crc = crc32c.buf(data) >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** One TFRecord: length (uint64), its checksum, data, its checksum, all little-endian. */
function record(data: Uint8Array): Buffer {
  const framed = Buffer.alloc(8 + 4 + data.length + 4);
  framed.writeBigUInt64LE(BigInt(data.length), 0);
  framed.writeUInt32LE(maskedChecksum(framed.subarray(0, 8)), 8);
  framed.set(data, 12);
  framed.writeUInt32LE(maskedChecksum(data), 12 + data.length);
  return framed;
}

let filesOpened = 0;

/**
 * A TensorBoard event file, `<folder>/events.out.tfevents.<second>.<host>.<process>.<count>.v2`.
 *
 * Only whole records reach the disk, and no file stays open between two flushes: a run that is stopped
 * or dies leaves a file that TensorBoard reads up to the last flush.
 */
class EventFile implements EventWriter {
  private readonly path: string;
  private pending: Buffer[] = [];
  private pendingBytes = 0;
  private bytesOnDisk = 0;
  private lastFlush = Date.now();

  /** @throws if `folder` is not a folder and cannot be made one. */
  constructor(folder: string) {
    const second = String(Math.floor(Date.now() / 1000)).padStart(10, '0');
    const name = `events.out.tfevents.${second}.${hostname()}.${process.pid}.${filesOpened++}.v2`;
    this.path = join(folder, name);
    try {
      mkdirSync(folder, {recursive: true});
      const first = record(this.encode({fileVersion: 'brain.Event:2'}));
      writeFileSync(this.path, first, {flag: 'wx'});
      this.bytesOnDisk = first.length;
    } catch (error) {
      const {code} = error as NodeJS.ErrnoException;
      throw invalid('TensorBoard', 'logDir', `a folder that can be written to (${code})`, folder);
    }
  }

  scalar(tag: string, value: number, step: number): void {
    this.add({step, summary: {value: [{tag, simpleValue: value}]}});
  }

  histogram(tag: string, values: ArrayLike<number>, step: number): void {
    const buckets = histogram(values);
    const tensor = {
      dtype: FLOAT64,
      tensorShape: {dim: [{size: buckets.length}, {size: 3}]},
      tensorContent: new Uint8Array(Float64Array.from(buckets.flat()).buffer),
    };
    this.add({step, summary: {value: [{tag, tensor, metadata: {pluginData: {pluginName: 'histograms'}}}]}});
  }

  flush(): void {
    this.lastFlush = Date.now();
    if (this.pending.length === 0) return;
    const events = Buffer.concat(this.pending);
    this.pending = [];
    this.pendingBytes = 0;
    try {
      appendFileSync(this.path, events);
    } catch (error) {
      // A full disk may have taken a part of a record, behind which TensorBoard would read nothing more.
      truncateSync(this.path, this.bytesOnDisk);
      throw error;
    }
    this.bytesOnDisk += events.length;
  }

  close(): void {
    this.flush();
  }

  private add(event: object): void {
    const framed = record(this.encode(event));
    this.pending.push(framed);
    this.pendingBytes += framed.length;
    const due = Date.now() - this.lastFlush >= MAX_PENDING_MILLISECONDS;
    if (due || this.pendingBytes >= MAX_PENDING_BYTES) this.flush();
  }

  private encode(event: object): Uint8Array {
    return Event.encode({wallTime: Date.now() / 1000, ...event}).finish();
  }
}

/** What opens event files here; a bundle for the browser has `eventFile.browser.ts` in place of this file. */
export function eventFiles(): EventWriterFactory {
  return (folder) => new EventFile(folder);
}
