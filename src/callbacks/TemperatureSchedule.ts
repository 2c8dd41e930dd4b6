import {Callback} from '@tensorflow/tfjs-layers';
import type {Estimator, Schedule, TemperatureArgs} from '../functional/index.js';
import {invalid} from '../functional/validate.js';
import {checkNames, chooseLayers} from './watchedLayers.js';

/** Arguments of `callbacks.temperatureSchedule`. */
export interface TemperatureScheduleArgs {
  /** Forward temperature as a function of the epoch, counted from 0. */
  forward?: Schedule;
  /** Backward temperature as a function of the epoch, counted from 0. */
  backward?: Schedule;
  /** Names of layers. Left out: every layer with temperatures. */
  layers?: readonly string[];
}

/** A layer whose temperatures can be set between epochs. */
interface AnnealableLayer {
  readonly name: string;
  readonly estimator?: Pick<Estimator, 'temperatures'>;
  setTemperatures(args: TemperatureArgs): void;
}

function isAnnealable(layer: object): layer is AnnealableLayer {
  return 'setTemperatures' in layer;
}

/**
 * Sets temperatures at the beginning of each epoch. Layers keep the last value, and save it.
 *
 * @throws when a schedule is not a function, when there is none, when `layers` is no array or names one without
 *   temperatures, when training begins with a layer whose estimator takes none, or, at the epoch's beginning, when a
 *   value is out of the layer's range.
 * @see "Improving Discrete Optimisation Via Decoupled Straight-Through Gumbel-Softmax", appendix B.
 * @example
 * const backward = functional.schedules.linear(1, 0.5, 10);
 * await model.fit(x, y, {callbacks: [new TemperatureSchedule({backward, layers: ['bits']})]});
 */
export class TemperatureSchedule extends Callback {
  private annealed: AnnealableLayer[] = [];

  constructor(private readonly schedules: TemperatureScheduleArgs = {}) {
    super();
    const {forward, backward} = schedules;
    for (const [field, schedule] of Object.entries({forward, backward})) {
      if (schedule !== undefined && typeof schedule !== 'function') {
        throw invalid('TemperatureSchedule', field, 'a function of the epoch', schedule);
      }
    }
    if (forward === undefined && backward === undefined) {
      throw invalid('TemperatureSchedule', 'forward', 'given where `backward` is not', undefined);
    }
    checkNames('TemperatureSchedule', schedules.layers);
  }

  override async onTrainBegin(): Promise<void> {
    const annealed = chooseLayers('TemperatureSchedule', this.model, isAnnealable, this.schedules.layers);
    const unmoved = annealed.find(({estimator}) => estimator?.temperatures === 'none');
    if (unmoved !== undefined) {
      throw invalid(
        'TemperatureSchedule',
        'layers',
        'names of layers whose estimator takes temperatures',
        unmoved.name,
      );
    }
    this.annealed = annealed;
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    const {forward, backward} = this.schedules;
    const now = {
      ...(forward && {forwardTemperature: forward(epoch)}),
      ...(backward && {backwardTemperature: backward(epoch)}),
    };
    for (const layer of this.annealed) layer.setTemperatures(now);
  }
}
