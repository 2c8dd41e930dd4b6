import type {Tensor} from '@tensorflow/tfjs-core';
import type {UnitKind} from '../functional/index.js';

/**
 * Told by a layer what its units do in training. Tensors belong to the layer: an observer computes what it
 * needs at once, reads nothing back, and keeps what it wants to keep.
 */
export interface UnitObserver {
  /** One forward pass: each unit's value, `[rows, units]`. Not called for logic gates. */
  drawn?(values: Tensor): void;
  /**
   * One backward pass of a loss that is a mean over `samples`.
   *
   * @param magnitude Sum over rows of |dL/dlogit| a unit, `[units]`.
   * @param rows How many rows it sums: samples times positions.
   */
  gradient?(magnitude: Tensor, rows: number, samples: number): void;
}

/** A layer whose units can be watched. */
export interface ObservableLayer {
  /** The layer's name, as in keys of `logs`. */
  readonly name: string;
  /** What its units are: binary, categorical or gates. */
  readonly unit: UnitKind;
  /** Categories of a group; 2 for bits; 16 for gates. */
  readonly choices: number;
  /** Logic gates only: each unit's most likely gate, `[units]`, `int32`; the caller disposes it. */
  gateModes?(): Tensor;
  /** Starts to tell `observer`; the function returned ends that. */
  observe(observer: UnitObserver): () => void;
}

/**
 * Whether a layer's units can be watched, whatever its class.
 * @example
 * model.layers.filter(isObservable).map(({name}) => name); // ['bits']
 */
export function isObservable(layer: object): layer is ObservableLayer {
  return 'observe' in layer && 'unit' in layer && 'choices' in layer;
}
