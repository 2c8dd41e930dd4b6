import type {io} from '@tensorflow/tfjs-core';
import {invalid, wholeNumber} from '../functional/validate.js';
import {OWNER} from './modelFolder.js';

const BYTES: Record<string, number> = {
  float32: 4,
  int32: 4,
  complex64: 8,
  bool: 1,
  float16: 2,
  uint16: 2,
  uint8: 1,
};

/** A string takes at least the four bytes that hold its length. */
const LEAST_BYTES_OF_STRING = 4;

/** What a manifest says of a model's weights. */
export interface Manifest {
  readonly specs: readonly io.WeightsManifestEntry[];
  /** The files, relative to `model.json`, in order. */
  readonly paths: readonly string[];
  /** Number of values of all weights. */
  readonly values: number;
  /** Bytes of all weights; at least so many where there are strings, whose lengths the manifest does not tell. */
  readonly bytes: number;
  readonly hasStrings: boolean;
}

/**
 * Checks a `weightsManifest` and adds up what it says, before a file is opened.
 *
 * @throws if a field is missing or makes no sense, naming it.
 */
export function readManifest(given: unknown): Manifest {
  const specs: io.WeightsManifestEntry[] = [];
  const paths: string[] = [];
  const [values, bytes] = [new SafeSum('values'), new SafeSum('bytes')];
  let hasStrings = false;
  for (const [i, group] of arrayIn('weightsManifest', given).entries()) {
    const field = `weightsManifest[${i}]`;
    for (const [j, path] of arrayIn(`${field}.paths`, group?.paths).entries()) {
      if (typeof path !== 'string' || path === '') throw wrong(`${field}.paths[${j}]`, 'a path', path);
      paths.push(path);
    }
    for (const [j, spec] of arrayIn(`${field}.weights`, group?.weights).entries()) {
      const {values: count, bytesPerValue, isString} = readSpec(`${field}.weights[${j}]`, spec);
      values.add(count);
      bytes.add(count * bytesPerValue);
      hasStrings ||= isString;
      specs.push(spec as io.WeightsManifestEntry);
    }
  }
  return {specs, paths, values: values.total, bytes: bytes.total, hasStrings};
}

function readSpec(field: string, given: unknown) {
  const {name, dtype, shape, quantization} = (given ?? {}) as Record<string, unknown>;
  if (typeof name !== 'string' || name === '') throw wrong(`${field}.name`, 'a name', name);
  const sizes = arrayIn(`${field}.shape`, shape);
  for (const [axis, size] of sizes.entries()) wholeNumber(OWNER, `${field}.shape[${axis}]`, size, 0);
  const values = (sizes as number[]).reduce((product, size) => product * size, 1);
  const isString = dtype === 'string';
  const stored = isString ? LEAST_BYTES_OF_STRING : bytesOf(`${field}.dtype`, dtype);
  if (quantization == null) return {values, bytesPerValue: stored, isString};
  const {dtype: quantized} = quantization as Record<string, unknown>;
  return {values, bytesPerValue: bytesOf(`${field}.quantization.dtype`, quantized), isString: false};
}

function bytesOf(field: string, dtype: unknown): number {
  if (typeof dtype === 'string' && Object.hasOwn(BYTES, dtype)) return BYTES[dtype]!;
  throw wrong(field, `one of ${Object.keys(BYTES).join(', ')}, string`, dtype);
}

// biome-ignore lint/suspicious/noExplicitAny: whatever a file may hold.
function arrayIn(field: string, value: unknown): any[] {
  if (Array.isArray(value)) return value;
  throw wrong(field, 'an array', value);
}

const wrong = (field: string, requirement: string, value: unknown) =>
  invalid(OWNER, field, requirement, value);

class SafeSum {
  total = 0;

  constructor(private readonly unit: string) {}

  add(count: number): void {
    this.total += count;
    if (!Number.isSafeInteger(this.total)) {
      throw wrong('weightsManifest', `of weights that fit into memory (in ${this.unit})`, this.total);
    }
  }
}
