import {Adam} from './Adam.js';
import {AdamW} from './AdamW.js';
import {RectifiedAdam} from './RectifiedAdam.js';

export {AdaptiveOptimizer, type OptimizerArgs} from './AdaptiveOptimizer.js';
export {Adam, AdamW, RectifiedAdam};

/** What importing this package registers for loading. */
export const OPTIMIZER_CLASSES = [Adam, AdamW, RectifiedAdam];
