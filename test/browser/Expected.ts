import type {Trajectories} from '../support/optimizerRuns.js';

/** The block of uniforms that Node and page both sample. */
export const UNIFORMS = {shape: [37, 29], key: {seed: 20_240_229, stream: 7, step: 3}};

/** What one backend computes in Node. */
export interface Run {
  /** What `fit` reports with monitors. */
  readonly history: Record<string, number[]>;
  /** What the saved model predicts. */
  readonly predictions: number[];
  /** What the saved model gives next in training. */
  readonly samples: number[];
}

/** What a page is compared with; it goes there as JSON. */
export interface Expected {
  readonly uniforms: number[];
  readonly cpu: Run;
  readonly wasm: Run;
  /** What PyTorch's optimizers did. */
  readonly trajectories: Trajectories;
}
