import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

/*
 * Reads TensorBoard's event files with nothing that the writer uses: the checksum bit by bit from its
 * polynomial, the messages field by field from the wire format's description.
 */

export interface EventValue {
  tag: string;
  step: number;
  wallTime: number;
  simpleValue?: number;
  plugin?: string;
  /** Rows of `[left, right, count]`. */
  buckets?: number[][];
  /** Of the text plug-in. */
  text?: string;
}

export interface EventFileContents {
  fileVersion: string | undefined;
  values: EventValue[];
}

/** CRC32C by long division, one bit at a time; reflected polynomial 0x82f63b78 (RFC 3720, appendix B.4). */
export function crc32c(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** Undoes TFRecord's mask: `masked = rotateRight(crc, 15) + 0xa282ead8`. */
function unmask(masked: number): number {
  const rotated = (masked - 0xa282ead8) >>> 0;
  return ((rotated << 15) | (rotated >>> 17)) >>> 0;
}

/** @throws if a length or a checksum does not fit; the data of every record otherwise. */
export function readRecords(file: Buffer): Buffer[] {
  const records: Buffer[] = [];
  for (let at = 0; at < file.length; ) {
    if (at + 12 > file.length) throw new Error(`record ${records.length}: the header is cut off`);
    const size = Number(file.readBigUInt64LE(at));
    if (unmask(file.readUInt32LE(at + 8)) !== crc32c(file.subarray(at, at + 8))) {
      throw new Error(`record ${records.length}: wrong checksum of the length`);
    }
    const end = at + 12 + size;
    if (end + 4 > file.length) throw new Error(`record ${records.length}: the data is cut off`);
    const data = file.subarray(at + 12, end);
    if (unmask(file.readUInt32LE(end)) !== crc32c(data)) {
      throw new Error(`record ${records.length}: wrong checksum of the data`);
    }
    records.push(data);
    at = end + 4;
  }
  return records;
}

type Fields = Map<number, (bigint | Buffer)[]>;

/** A protocol buffer message as it lies on the wire: field number to numbers (as bits) and byte strings. */
function readMessage(data: Buffer): Fields {
  const fields: Fields = new Map();
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = data[at++]!;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const take = (size: number) => {
    at += size;
    return data.subarray(at - size, at);
  };
  while (at < data.length) {
    const key = Number(varint());
    let value: bigint | Buffer;
    switch (key & 7) {
      case 0:
        value = varint();
        break;
      case 1:
        value = take(8);
        break;
      case 2:
        value = take(Number(varint()));
        break;
      case 5:
        value = take(4);
        break;
      default:
        throw new Error(`wire type ${key & 7}`);
    }
    fields.set(key >> 3, [...(fields.get(key >> 3) ?? []), value]);
  }
  return fields;
}

const bytes = (fields: Fields, id: number) => fields.get(id)?.[0] as Buffer | undefined;
const message = (fields: Fields, id: number) => readMessage(bytes(fields, id) ?? Buffer.alloc(0));

function readTensor(fields: Fields): number[][] {
  const shape = (message(fields, 2).get(2) as Buffer[]).map((dim) =>
    Number(readMessage(dim).get(1)?.[0] ?? 0),
  );
  if (fields.get(1)?.[0] !== 2n) throw new Error('not a tensor of doubles');
  const content = bytes(fields, 4) ?? Buffer.alloc(0);
  const [rows = 0, columns = 0] = shape;
  if (content.length !== 8 * rows * columns) throw new Error('content does not fit the shape');
  return Array.from({length: rows}, (_, row) =>
    Array.from({length: columns}, (_, column) => content.readDoubleLE(8 * (row * columns + column))),
  );
}

export function readEventFile(path: string): EventFileContents {
  const contents: EventFileContents = {fileVersion: undefined, values: []};
  for (const record of readRecords(readFileSync(path))) {
    const event = readMessage(record);
    contents.fileVersion ??= bytes(event, 3)?.toString();
    const wallTime = bytes(event, 1)!.readDoubleLE();
    const step = Number(event.get(2)?.[0] ?? 0n);
    for (const summary of message(event, 5).get(1) ?? []) {
      const value = readMessage(summary as Buffer);
      const plugin = value.has(9) ? bytes(message(message(value, 9), 1), 1)?.toString() : undefined;
      contents.values.push({
        tag: bytes(value, 1)!.toString(),
        step,
        wallTime,
        simpleValue: bytes(value, 2)?.readFloatLE(),
        plugin,
        buckets: plugin === 'histograms' ? readTensor(message(value, 8)) : undefined,
        text: plugin === 'text' ? bytes(message(value, 8), 8)?.toString() : undefined,
      });
    }
  }
  return contents;
}

/** Event files of `folder` in the order in which TensorBoard reads them. */
export function eventFilesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith('events.out.tfevents.'))
    .sort()
    .map((name) => join(folder, name));
}

/** Values of the curve `tag` over all files of `folder`, as `[step, value]`. */
export function curve(folder: string, tag: string): [step: number, value: number][] {
  return eventFilesIn(folder)
    .flatMap((path) => readEventFile(path).values)
    .filter((value) => value.tag === tag)
    .map(({step, simpleValue}) => [step, simpleValue!]);
}
