import type {Estimator, TemperatureArgs} from '../functional/index.js';
import {invalid} from '../functional/validate.js';

/** A layer whose temperatures can be set between epochs: what `callbacks.temperatureSchedule` and sweeps ask of a layer. */
export interface SchedulableLayer {
  /** The layer's name. */
  readonly name: string;
  /** Current forward temperature. A layer that tells it gets it back after a sweep. */
  readonly forwardTemperature?: number;
  /** Current backward temperature. A layer that tells it gets it back after a sweep. */
  readonly backwardTemperature?: number;
  /** What limits its temperatures, if anything does. */
  readonly estimator?: Pick<Estimator, 'temperatures' | 'lowestTemperature'>;
  /** Sets one or both temperatures; what is left out stays. */
  setTemperatures(args: TemperatureArgs): void;
}

/**
 * Whether a layer's temperatures can be scheduled, whatever its class.
 *
 * @throws If `layer` is not an object.
 * @example
 * model.layers.filter(isSchedulable).map(({name}) => name); // ['bits']
 */
export function isSchedulable(layer: object): layer is SchedulableLayer {
  if (typeof layer !== 'object' || layer === null) throw invalid('isSchedulable', 'layer', 'a layer', layer);
  return 'setTemperatures' in layer && typeof layer.setTemperatures === 'function';
}
