export {CsvLogger, type CsvLoggerArgs} from './CsvLogger.js';
export {Checkpoint, type CheckpointArgs} from './checkpoint/Checkpoint.js';
export {removeCheckpoints} from './checkpoint/removeCheckpoints.js';
export {type ResumedRun, resume} from './checkpoint/resume.js';
export {
  type Position,
  type Samples,
  ShuffledBatches,
  type ShuffledBatchesArgs,
  shuffledBatches,
} from './checkpoint/ShuffledBatches.js';
export {DeadUnits, type DeadUnitsArgs} from './DeadUnits.js';
export {GradientNorm, type GradientNormArgs} from './GradientNorm.js';
export type {ImprovementArgs} from './Improvement.js';
export {LearningRateSchedule, type LearningRateScheduleArgs} from './LearningRateSchedule.js';
export type {ListedCallback} from './list.js';
export {Monitors, type MonitorsArgs} from './Monitors.js';
export {Perplexity, type PerplexityArgs} from './Perplexity.js';
export {Progress, type ProgressArgs, type ProgressDisplay, type TrainingProgress} from './Progress.js';
export {ReduceLROnPlateau, type ReduceLROnPlateauArgs} from './ReduceLROnPlateau.js';
export {RestoreBestWeights, type RestoreBestWeightsArgs} from './RestoreBestWeights.js';
export type {ReportImages} from './report/images.js';
export {Report, type ReportFileArgs} from './report/Report.js';
export {type ReportArgs, report} from './report/reportPage.js';
export {resumeExactly} from './resumeExactly.js';
export {TemperatureSchedule, type TemperatureScheduleArgs} from './TemperatureSchedule.js';
export {TerminateOnNaN, type Termination} from './TerminateOnNaN.js';
export {EventDownload} from './tensorboard/EventDownload.js';
export type {EventWriter, EventWriterFactory} from './tensorboard/EventWriter.js';
export type {Bucket} from './tensorboard/histogram.js';
export {TensorBoard, type TensorBoardArgs} from './tensorboard/TensorBoard.js';
