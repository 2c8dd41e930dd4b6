export {DeadUnits, type DeadUnitsArgs} from './DeadUnits.js';
export type {EventWriter, EventWriterFactory} from './EventWriter.js';
export {GradientNorm, type GradientNormArgs} from './GradientNorm.js';
export type {ListedCallback} from './list.js';
export {Monitors, type MonitorsArgs} from './Monitors.js';
export {Perplexity, type PerplexityArgs} from './Perplexity.js';
export {resumeExactly} from './resumeExactly.js';
export {TemperatureSchedule, type TemperatureScheduleArgs} from './TemperatureSchedule.js';
export {TensorBoard, type TensorBoardArgs} from './TensorBoard.js';
