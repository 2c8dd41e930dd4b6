import type {Schedule} from '../functional/schedules.js';
import {CsvLogger, type CsvLoggerArgs} from './CsvLogger.js';
import {Checkpoint, type CheckpointArgs} from './checkpoint/Checkpoint.js';
import {DeadUnits, type DeadUnitsArgs} from './DeadUnits.js';
import {GradientNorm, type GradientNormArgs} from './GradientNorm.js';
import {LearningRateSchedule, type LearningRateScheduleArgs} from './LearningRateSchedule.js';
import {Monitors, type MonitorsArgs} from './Monitors.js';
import {mustBeCalled} from './mustBeCalled.js';
import {Perplexity, type PerplexityArgs} from './Perplexity.js';
import {Progress, type ProgressArgs} from './Progress.js';
import {ReduceLROnPlateau, type ReduceLROnPlateauArgs} from './ReduceLROnPlateau.js';
import {RestoreBestWeights, type RestoreBestWeightsArgs} from './RestoreBestWeights.js';
import {Report, type ReportFileArgs} from './report/Report.js';
import {TemperatureSchedule, type TemperatureScheduleArgs} from './TemperatureSchedule.js';
import {TerminateOnNaN} from './TerminateOnNaN.js';
import {TensorBoard, type TensorBoardArgs} from './tensorboard/TensorBoard.js';

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
/**
 * The learning rate of any optimizer as a function of the epoch or step; see `LearningRateSchedule`.
 * @example
 * const schedule = functional.schedules.warmUp(functional.schedules.cosine(1e-3, 1e-5, 40), 5);
 * await model.fit(x, y, {epochs: 2, callbacks: [callbacks.learningRateSchedule(schedule)]});
 */
export const learningRateSchedule = mustBeCalled(
  'learningRateSchedule',
  (schedule: Schedule, args?: LearningRateScheduleArgs) => new LearningRateSchedule(schedule, args),
);
/**
 * A lower learning rate when a metric stops improving; see `ReduceLROnPlateau`.
 * @example
 * const plateau = callbacks.reduceLROnPlateau({monitor: 'loss', factor: 0.5, patience: 3});
 */
export const reduceLROnPlateau = mustBeCalled(
  'reduceLROnPlateau',
  (args?: ReduceLROnPlateauArgs) => new ReduceLROnPlateau(args),
);
/**
 * The weights of the best epoch, put back when training ends; see `RestoreBestWeights`.
 * @example
 * await model.fit(x, y, {epochs: 2, callbacks: [callbacks.restoreBestWeights({monitor: 'loss'})]});
 */
export const restoreBestWeights = mustBeCalled(
  'restoreBestWeights',
  (args?: RestoreBestWeightsArgs) => new RestoreBestWeights(args),
);
/**
 * A CSV file with one row per epoch, from Node; see `CsvLogger`.
 * @example
 * const toCsv = callbacks.csvLogger('runs/1.csv');
 */
export const csvLogger = mustBeCalled(
  'csvLogger',
  (file: string, args?: CsvLoggerArgs) => new CsvLogger(file, args),
);
/**
 * Stops training when the loss is not a number; see `TerminateOnNaN`.
 * @example
 * await model.fit(x, y, {epochs: 2, callbacks: [callbacks.terminateOnNaN()]});
 */
export const terminateOnNaN = mustBeCalled(
  'terminateOnNaN',
  (args?: Readonly<Record<string, never>>) => new TerminateOnNaN(args),
);
/**
 * A bar with batch, running loss and time left on a terminal, a line per epoch elsewhere, events in a page; see `Progress`.
 * @example
 * await model.fit(x, y, {epochs: 2, callbacks: [callbacks.progress(), callbacks.monitors()]});
 */
export const progress = mustBeCalled('progress', (args?: ProgressArgs) => new Progress(args));
/**
 * Saves a run so that `resume` continues it exactly; see `Checkpoint`.
 * @example
 * const batches = shuffledBatches(x, y, {seed: 1});
 * const saving = callbacks.checkpoint('runs/digits', {batches, everySteps: 100});
 */
export const checkpoint = mustBeCalled(
  'checkpoint',
  (dir: string, args?: CheckpointArgs) => new Checkpoint(dir, args),
);
/**
 * A page with curves, gates and images, written anew after every epoch, from Node; see `Report`.
 * @example
 * const toReport = callbacks.report('runs/1.html', {title: 'First run'});
 */
export const report = mustBeCalled('report', (file: string, args?: ReportFileArgs) => new Report(file, args));
