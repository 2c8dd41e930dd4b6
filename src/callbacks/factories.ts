import {DeadUnits, type DeadUnitsArgs} from './DeadUnits.js';
import {GradientNorm, type GradientNormArgs} from './GradientNorm.js';
import {Monitors, type MonitorsArgs} from './Monitors.js';
import {Perplexity, type PerplexityArgs} from './Perplexity.js';
import {TemperatureSchedule, type TemperatureScheduleArgs} from './TemperatureSchedule.js';

export {list} from './list.js';
export {tensorBoard} from './TensorBoard.js';

/** Percentage of units that learn next to nothing; see `DeadUnits`. */
export const deadUnits = (args?: DeadUnitsArgs) => new DeadUnits(args);
/** Effective number of categories a layer uses; see `Perplexity`. */
export const perplexity = (args?: PerplexityArgs) => new Perplexity(args);
/** Norm of the gradients; see `GradientNorm`. */
export const gradientNorm = (args?: GradientNormArgs) => new GradientNorm(args);
/** The three monitors at once; see `Monitors`. */
export const monitors = (args?: MonitorsArgs) => new Monitors(args);
/** Temperatures as functions of the epoch; see `TemperatureSchedule`. */
export const temperatureSchedule = (args: TemperatureScheduleArgs) => new TemperatureSchedule(args);
