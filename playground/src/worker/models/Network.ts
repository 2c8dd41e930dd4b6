import type {Sequential} from '@tensorflow/tfjs-layers';
import type {Settings} from '../../state/settings.js';

/** A kind of network: how it is built, and what it learns. */
export interface Network {
  /** Whether it learns labels, or to give the image back. */
  readonly target: 'labels' | 'images';
  readonly loss: string;
  readonly metrics: readonly string[];
  /** Not yet compiled. The same settings give the same weights. */
  build(settings: Settings, classes: number): Sequential;
}
