import {useBackend} from 'tfjs-discrete/node';
import type {Metrics, TrialInput} from 'tfjs-discrete/search';
import {type Configuration, highest, last, lowest, type Settings} from './experiment.js';
import type {Values} from './results.js';
import {TASKS} from './tasks.js';

/** What all trials of a search share: the experiment's settings, and what else its first configuration says. */
export function settingsOf(task: string): Settings {
  const {presets, configurations} = TASKS[task]!;
  const {seeds: _, ...settings} = presets.paper;
  const {estimator, temperature, forwardTemperature, backwardTemperature, ...more} = configurations[0]!;
  return {...settings, ...more};
}

/**
 * One training run of a search: the experiment named in the settings, at the temperatures and the learning rate that
 * the search requests. What the experiment's configurations list, it is given in its configuration, the rest in its
 * settings.
 */
export async function runTrial({
  seed,
  settings,
  forwardTemperature,
  backwardTemperature,
  learningRate,
}: TrialInput): Promise<Metrics> {
  const {task, estimator, ...shared} = settings as Settings & {task: string; estimator: string};
  const {configurations, run} = TASKS[task]!;
  await useBackend();
  const temperatures: Values = estimator.startsWith('decoupled')
    ? {forwardTemperature, backwardTemperature}
    : {temperature: backwardTemperature};
  const given = {...shared, ...(learningRate === undefined ? {} : {learningRate})};
  const listed = new Set(configurations.flatMap(Object.keys));
  const more = Object.fromEntries(Object.entries(given).filter(([key]) => listed.has(key)));
  const configuration: Configuration = {estimator, ...temperatures, ...more};
  const history = await run(configuration, seed, given, () => {});
  const metrics = {
    valLoss: last('val_loss')(history),
    bestValLoss: lowest('val_loss')(history),
    bestValAccuracy: highest('val_acc')(history),
    deadUnits: last('deadUnits')(history),
    perplexity: last('perplexity/code')(history),
  };
  return Object.fromEntries(
    Object.entries(metrics).filter(([key, value]) => key.endsWith('Loss') || !Number.isNaN(value)),
  );
}
