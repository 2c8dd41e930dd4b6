import {useBackend} from 'tfjs-discrete/node';
import type {Metrics, TrialInput} from 'tfjs-discrete/search';
import {type Configuration, highest, last, lowest, type Settings} from './experiment.js';
import {TASKS} from './tasks.js';

/** One training run of a search: the experiment named in the settings, at the temperatures that the search asks for. */
export async function runTrial({
  seed,
  settings,
  forwardTemperature,
  backwardTemperature,
  learningRate,
}: TrialInput): Promise<Metrics> {
  const {task, estimator, ...rest} = settings as Settings & {task: string; estimator: string};
  await useBackend();
  const temperatures = estimator.startsWith('decoupled')
    ? {forwardTemperature, backwardTemperature}
    : {temperature: backwardTemperature};
  const rate = learningRate === undefined ? {} : {learningRate};
  const configuration = {estimator, ...temperatures, ...rate} as unknown as Configuration;
  const history = await TASKS[task]!.run(configuration, seed, rest, () => {});
  const metrics = {
    valLoss: last('val_loss')(history),
    bestValLoss: lowest('val_loss')(history),
    valAccuracy: highest('val_acc')(history),
    deadUnits: last('deadUnits')(history),
    perplexity: last('perplexity/code')(history),
  };
  return Object.fromEntries(
    Object.entries(metrics).filter(([key, value]) => key.endsWith('Loss') || !Number.isNaN(value)),
  );
}
