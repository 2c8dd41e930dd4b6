import {Adam} from './Adam.js';
import {AdamW} from './AdamW.js';
import type {OptimizerArgs} from './AdaptiveOptimizer.js';
import {RectifiedAdam} from './RectifiedAdam.js';

/** Adam with schedules, clipping and exact state; see `Adam`. */
export const adam = (args?: OptimizerArgs) => new Adam(args);
/** Adam with weight decay apart from the gradient; see `AdamW`. */
export const adamW = (args?: OptimizerArgs) => new AdamW(args);
/** Adam with a warm-up of its own; see `RectifiedAdam`. */
export const rectifiedAdam = (args?: OptimizerArgs) => new RectifiedAdam(args);
