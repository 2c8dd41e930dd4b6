import {Adam} from './Adam.js';
import {AdamW} from './AdamW.js';
import type {OptimizerArgs} from './AdaptiveOptimizer.js';
import {RectifiedAdam} from './RectifiedAdam.js';

/**
 * Adam with schedules, clipping and exact state; see `Adam`.
 * @example
 * model.compile({optimizer: optimizers.adam({learningRate: 1e-3, globalClipNorm: 1}), loss: 'categoricalCrossentropy'});
 * await model.fit(x, y);
 */
export const adam = (args?: OptimizerArgs) => new Adam(args);
/**
 * Adam with weight decay apart from the gradient; see `AdamW`.
 * @example
 * model.compile({optimizer: optimizers.adamW({learningRate: 1e-3, weightDecay: 0.01}), loss: 'categoricalCrossentropy'});
 * await model.fit(x, y);
 */
export const adamW = (args?: OptimizerArgs) => new AdamW(args);
/**
 * Adam with a warm-up of its own; see `RectifiedAdam`.
 * @example
 * model.compile({optimizer: optimizers.rectifiedAdam({learningRate: 1e-3}), loss: 'categoricalCrossentropy'});
 * await model.fit(x, y);
 */
export const rectifiedAdam = (args?: OptimizerArgs) => new RectifiedAdam(args);
