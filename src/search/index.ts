/**
 * Searches for temperatures and learning rates, on this machine or many. For Node.
 *
 * ```ts
 * const result = await search({
 *   trial: new URL('./trial.js', import.meta.url),   // export default async ({forwardTemperature, …, seed}) => ({valLoss})
 *   strategy: grid({forwardTemperature: range(0, 2, 0.1), backwardTemperature: range(0.1, 1.9, 0.2), learningRate: [1e-3]}),
 *   seeds: [1, 2, 3],
 *   minimize: 'valLoss',
 *   journal: 'runs/search.jsonl',                    // killed? start it again, and it goes on from here
 * });
 * await writeFile('heatmap.svg', await heatMap(result));
 * ```
 */
export type {Definition} from './definition.js';
export {type HeatMapOptions, heatMap} from './figures/heatMap.js';
export {type LinePlotOptions, linePlot} from './figures/linePlot.js';
export type {HeatMapReference} from './figures/reference.js';
export {writeHParams} from './hparams.js';
export type {SearchProgress} from './progressBar.js';
export type {RedisArgs} from './redisQueue.js';
export {
  type ConfigurationRow,
  configurationsToCsv,
  fromJson,
  type SearchResult,
  type Statistic,
  type TrialRow,
  toJson,
  trialsToCsv,
} from './results.js';
export {
  type Configuration,
  type DiagonalArgs,
  diagonal,
  type GridArgs,
  grid,
  type Json,
  range,
  type Score,
  type SequentialArgs,
  type Strategy,
  sequential,
} from './Strategy.js';
export {type SearchArgs, search} from './search.js';
export type {Metrics, TrialFunction, TrialInput} from './Trial.js';
export {type SearchWorker, type SearchWorkerArgs, startSearchWorker} from './worker.js';
