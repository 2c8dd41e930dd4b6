import type {Tensor} from '@tensorflow/tfjs-core';
import {invalid} from '../functional/validate.js';

/**
 * Told by a layer what its units do in training. Tensors belong to the layer: an observer computes what it
 * needs at once, reads nothing back, and keeps its own results.
 */
export interface UnitObserver {
  /**
   * One forward pass.
   *
   * @param values The sampled value of each unit, `[rows, units]`. Logic gates, sampled once for the batch, tell nothing.
   */
  sampled?(values: Tensor): void;
  /**
   * One backward pass of a loss that is a mean over `samples`.
   *
   * @param absoluteSums Sum over rows of |dL/dlogit| per unit, `[units]`.
   * @param rows How many rows were summed: samples times positions.
   * @param samples Samples of the batch.
   */
  gradient?(absoluteSums: Tensor, rows: number, samples: number): void;
  /**
   * The same backward pass, row by row. Logic gates tell nothing: a batch shares their gradient.
   *
   * @param gradients dL/dlogit of the mean over `samples`, `[rows, units]`.
   * @param samples Samples of the batch.
   */
  rowGradients?(gradients: Tensor, samples: number): void;
}

/** How often each category of each group was used, one array of counts per group. */
export type UsageCounts = readonly (readonly number[])[];

/** A layer whose units can be watched: what monitors such as `callbacks.deadUnits` ask of a layer. */
export interface ObservableLayer {
  /** The layer's name, as in keys of `logs`. */
  readonly name: string;
  /** Starts to tell `observer`; the function returned ends that. */
  observe(observer: UnitObserver): () => void;
  /**
   * What `callbacks.perplexity` asks at the end of an epoch; a layer without this method has no perplexity.
   *
   * @param sums Sum over rows of the values passed to `sampled`, `[units]`; undefined if there were none.
   * @param rows How many rows were summed.
   * @returns Undefined where nothing was used.
   */
  usage?(sums: Float32Array | undefined, rows: number): Promise<UsageCounts | undefined>;
}

/**
 * Whether a layer's units can be watched, whatever its class.
 *
 * @throws If `layer` is not an object.
 * @example
 * model.layers.filter(isObservable).map(({name}) => name); // ['bits']
 */
export function isObservable(layer: object): layer is ObservableLayer {
  if (typeof layer !== 'object' || layer === null) throw invalid('isObservable', 'layer', 'a layer', layer);
  return 'observe' in layer && typeof layer.observe === 'function';
}
