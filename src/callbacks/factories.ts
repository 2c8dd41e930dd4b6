import {DeadUnits, type DeadUnitsArgs} from './DeadUnits.js';
import {GradientNorm, type GradientNormArgs} from './GradientNorm.js';
import {Monitors, type MonitorsArgs} from './Monitors.js';
import {mustBeCalled} from './mustBeCalled.js';
import {Perplexity, type PerplexityArgs} from './Perplexity.js';
import {TemperatureSchedule, type TemperatureScheduleArgs} from './TemperatureSchedule.js';
import {TensorBoard, type TensorBoardArgs} from './TensorBoard.js';

export {list} from './list.js';

/**
 * Percentage of units that learn next to nothing; see `DeadUnits`.
 * @example
 * const {history} = await model.fit(x, y, {epochs: 2, callbacks: [callbacks.deadUnits()]});
 * history.deadUnits; // one percentage per epoch
 */
export const deadUnits = mustBeCalled('deadUnits', (args?: DeadUnitsArgs) => new DeadUnits(args));
/**
 * Effective number of categories a layer uses; see `Perplexity`.
 * @example
 * const {history} = await model.fit(x, y, {callbacks: [callbacks.perplexity()]});
 * history['perplexity/bits']; // 1 to 2 for a binary layer
 */
export const perplexity = mustBeCalled('perplexity', (args?: PerplexityArgs) => new Perplexity(args));
/**
 * Norm of the gradients; see `GradientNorm`.
 * @example
 * const {history} = await model.fit(x, y, {callbacks: [callbacks.gradientNorm({perLayer: true})]});
 * history.gradientNorm; // one number per epoch
 */
export const gradientNorm = mustBeCalled('gradientNorm', (args?: GradientNormArgs) => new GradientNorm(args));
/**
 * The three monitors at once; see `Monitors`.
 * @example
 * const {history} = await model.fit(x, y, {epochs: 2, callbacks: callbacks.monitors()});
 * Object.keys(history); // loss, acc, deadUnits, gradientNorm, perplexity/bits, ...
 */
export const monitors = mustBeCalled('monitors', (args?: MonitorsArgs) => new Monitors(args));
/**
 * Temperatures as functions of the epoch; see `TemperatureSchedule`.
 * @example
 * const forward = functional.schedules.cosine(1, 0.1, 20);
 * await model.fit(x, y, {epochs: 2, callbacks: [callbacks.temperatureSchedule({forward})]});
 */
export const temperatureSchedule = mustBeCalled(
  'temperatureSchedule',
  (args: TemperatureScheduleArgs) => new TemperatureSchedule(args),
);
/**
 * Event files for TensorBoard, from Node on any backend; see `TensorBoard`.
 * @example
 * const toTensorBoard = callbacks.tensorBoard('runs/1', {histograms: true}); // tensorboard --logdir runs
 */
export const tensorBoard = mustBeCalled(
  'tensorBoard',
  (logDir: string, args?: TensorBoardArgs) => new TensorBoard(logDir, args),
);
