import {Callback} from '@tensorflow/tfjs-layers';
import {checkOptions} from '../functional/checkOptions.js';
import type {Schedule} from '../functional/index.js';
import {invalid, nonNegative, positiveFloat32} from '../functional/validate.js';
import {isSchedulable, type SchedulableLayer} from '../layers/SchedulableLayer.js';
import {checkNames, chooseLayers} from './chooseLayers.js';
import {mustBeInstance} from './mustBeInstance.js';

const OWNER = 'TemperatureSchedule';

/** Training for longer than this is checked only up to here before it begins. */
const LONGEST_CHECK = 100_000;

/** Arguments of `callbacks.temperatureSchedule`. */
export interface TemperatureScheduleArgs {
  /** Forward temperature as a function of the epoch, counted from 0. */
  forwardTemperature?: Schedule;
  /** Backward temperature as a function of the epoch, counted from 0. */
  backwardTemperature?: Schedule;
  /** Short for `forwardTemperature`. */
  forward?: Schedule;
  /** Short for `backwardTemperature`. */
  backward?: Schedule;
  /** Names of layers. Default: every layer with temperatures. */
  layers?: readonly string[];
}

/**
 * Sets temperatures at the beginning of each epoch. Layers keep the last value, and save it.
 *
 * @throws On construction if a schedule is not a function, there is none, one is given twice, or an option is unknown.
 *   When training begins, if `layers` names a layer without temperatures, a layer's estimator takes none, or a schedule
 *   leaves the valid range at any epoch to come: forward >= 0 (> 0 for estimators with one temperature), backward > 0.
 * @see "Improving Discrete Optimisation Via Decoupled Straight-Through Gumbel-Softmax", appendix B.
 * @example
 * const backwardTemperature = functional.schedules.linear(1, 0.5, 10);
 * await model.fit(x, y, {callbacks: [new TemperatureSchedule({backwardTemperature, layers: ['bits']})]});
 */
export class TemperatureSchedule extends Callback {
  private annealed: SchedulableLayer[] = [];
  private readonly forward: Schedule | undefined;
  private readonly backward: Schedule | undefined;
  private readonly names: readonly string[] | undefined;

  constructor(args: TemperatureScheduleArgs = {}) {
    super();
    checkOptions(OWNER, args, ['forwardTemperature', 'backwardTemperature', 'forward', 'backward', 'layers']);
    this.forward = chosenSchedule(args, 'forwardTemperature', 'forward');
    this.backward = chosenSchedule(args, 'backwardTemperature', 'backward');
    if (this.forward === undefined && this.backward === undefined) {
      throw new Error(`${OWNER}: pass at least one of \`forwardTemperature\` and \`backwardTemperature\`.`);
    }
    checkNames(OWNER, args.layers);
    this.names = args.layers;
  }

  override async onTrainBegin(): Promise<void> {
    mustBeInstance(this, TemperatureSchedule);
    const annealed = chooseLayers(OWNER, this.model, isSchedulable, 'a method `setTemperatures`', this.names);
    if (annealed.length === 0) {
      throw invalid(
        OWNER,
        'layers',
        'layers with temperatures, of which the model has none',
        this.model.name,
      );
    }
    const fixed = annealed.find(({estimator}) => estimator?.temperatures === 'none');
    if (fixed !== undefined) {
      throw invalid(OWNER, 'layers', 'names of layers whose estimator takes temperatures', fixed.name);
    }
    const {initialEpoch = 0, epochs = 0} = this.params as {initialEpoch?: number; epochs?: number};
    this.checkRange(annealed, initialEpoch, Math.min(epochs, initialEpoch + LONGEST_CHECK));
    this.annealed = annealed;
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    const now = {
      ...(this.forward && {forwardTemperature: this.forward(epoch)}),
      ...(this.backward && {backwardTemperature: this.backward(epoch)}),
    };
    for (const layer of this.annealed) layer.setTemperatures(now);
  }

  /** @throws for the first epoch at which a temperature leaves the range of a layer's estimator. */
  private checkRange(layers: readonly SchedulableLayer[], first: number, end: number): void {
    const tied = layers.some(({estimator}) => estimator?.temperatures === 'one');
    const least = Math.max(0, ...layers.map(({estimator}) => estimator?.lowestTemperature ?? 0));
    for (let epoch = first; epoch < end; epoch++) {
      const [forward, backward] = [this.forward?.(epoch), this.backward?.(epoch)];
      const at = `at epoch ${epoch}`;
      if (this.forward !== undefined) {
        const zeroAllowed = !tied && nonNegative(`${OWNER}, ${at}`, 'forwardTemperature', forward) === 0;
        if (!zeroAllowed) positiveFloat32(`${OWNER}, ${at}`, 'forwardTemperature', forward);
      }
      if (this.backward !== undefined) positiveFloat32(`${OWNER}, ${at}`, 'backwardTemperature', backward);
      const lowest = Math.min(forward ?? least, backward ?? least);
      if (lowest < least)
        throw invalid(`${OWNER}, ${at}`, 'temperature', `>= ${least} for a layer's estimator`, lowest);
    }
  }
}

/** The schedule under its name or its short name. */
function chosenSchedule(
  args: TemperatureScheduleArgs,
  name: 'forwardTemperature' | 'backwardTemperature',
  short: 'forward' | 'backward',
): Schedule | undefined {
  for (const field of [name, short]) {
    const schedule = args[field];
    if (schedule !== undefined && typeof schedule !== 'function') {
      throw invalid(OWNER, field, 'a function of the epoch', schedule);
    }
  }
  if (args[name] !== undefined && args[short] !== undefined) {
    throw invalid(OWNER, short, `left out where \`${name}\` is given`, args[short]);
  }
  return args[name] ?? args[short];
}
