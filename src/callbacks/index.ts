export {CsvLogger, type CsvLoggerArgs} from './CsvLogger.js';
export {Checkpoint, type CheckpointArgs} from './checkpoint/Checkpoint.js';
export {type ResumedRun, resume} from './checkpoint/resume.js';
export {
  type Position,
  type Samples,
  ShuffledBatches,
  type ShuffledBatchesArgs,
  shuffledBatches,
} from './checkpoint/ShuffledBatches.js';
export {DeadUnits, type DeadUnitsArgs} from './DeadUnits.js';
export {EventDownload} from './EventDownload.js';
export type {EventWriter, EventWriterFactory} from './EventWriter.js';
export {GradientNorm, type GradientNormArgs} from './GradientNorm.js';
export type {Bucket} from './histogram.js';
export type {ImprovementArgs} from './Improvement.js';
export {LearningRateSchedule, type LearningRateScheduleArgs} from './LearningRateSchedule.js';
export type {ListedCallback} from './list.js';
export {Monitors, type MonitorsArgs} from './Monitors.js';
export {Perplexity, type PerplexityArgs} from './Perplexity.js';
export {Progress, type ProgressArgs, type ProgressDisplay, type TrainingProgress} from './Progress.js';
export {ReduceLROnPlateau, type ReduceLROnPlateauArgs} from './ReduceLROnPlateau.js';
export {Report, type ReportFileArgs} from './Report.js';
export {RestoreBestWeights, type RestoreBestWeightsArgs} from './RestoreBestWeights.js';
export type {ReportImages} from './report/images.js';
export {type ReportArgs, report} from './report/report.js';
export {resumeExactly} from './resumeExactly.js';
export {TemperatureSchedule, type TemperatureScheduleArgs} from './TemperatureSchedule.js';
export {TensorBoard, type TensorBoardArgs} from './TensorBoard.js';
export {TerminateOnNaN, type Termination} from './TerminateOnNaN.js';
