import type {Sequential} from '@tensorflow/tfjs-layers';
import type {Target} from '../data/batches.js';
import type {Dataset} from '../data/datasets.js';

/** What every discrete layer of a task is given. An estimator without temperatures gets none. */
export interface DiscreteArgs {
  estimator: string;
  seed: number;
  forwardTemperature?: number;
  backwardTemperature?: number;
}

/** A model to train on images, and how. */
export interface Task {
  readonly title: string;
  /** What its discrete units are, as the package's estimators name them. */
  readonly unit: 'binary' | 'categorical' | 'gate';
  readonly target: Target;
  readonly loss: string;
  readonly metrics: string[];
  readonly defaults: {
    readonly epochs: number;
    readonly batchSize: number;
    readonly learningRate: number;
    readonly forwardTemperature: number;
    readonly backwardTemperature: number;
  };
  /** Builds the model, not yet compiled; the same seed gives the same weights. */
  build(data: Dataset, discrete: DiscreteArgs): Sequential;
}
