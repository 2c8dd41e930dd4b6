import type {TensorInfo} from '@tensorflow/tfjs-core';

/** What a form needs of a backend that keeps its tensors in memory that JavaScript can reach. */
export interface Host {
  /** A new `float32` tensor, its elements undefined. */
  output(shape: number[]): TensorInfo;
  /** The elements of `float32` tensors in place, to be used before the next call of the host. */
  floats(...tensors: TensorInfo[]): Float32Array[];
  /** The elements of an `int32` tensor in place; otherwise like `floats`. */
  integers(tensor: TensorInfo): Int32Array;
}

/** One kernel's implementation on a backend, which `Place` stands for. */
export type Form<Place> = (place: Place, inputs: FormInputs, attributes: FormAttributes) => FormOutput;

export type FormInputs = Readonly<Record<string, TensorInfo>>;
export type FormOutput = TensorInfo | TensorInfo[];

/** Every attribute that a kernel may have; which ones it has is its own affair. */
export interface FormAttributes {
  readonly shape: number[];
  readonly temperature: number;
  readonly gradientFactor: number;
  readonly watched: boolean;
  readonly seed: number;
  readonly stream: number;
  readonly step: number;
}
