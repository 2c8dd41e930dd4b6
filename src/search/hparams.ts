import {join} from 'node:path';
import {EventFile} from '../callbacks/tensorboard/eventFile.js';
import {hparamsRecord} from '../callbacks/tensorboard/eventRecords.js';
import {bytes, concat, double, type Encoded, integer, string} from '../callbacks/tensorboard/protobuf.js';
import {invalid} from '../functional/validate.js';
import {objectiveOf} from './definition.js';
import {checkResult, metricNames, type SearchResult, type TrialRow} from './results.js';
import {configurationId} from './Trial.js';

/*
 * Field numbers: tensorboard/plugins/hparams/plugin_data.proto and api.proto; google/protobuf/struct.proto.
 */

const FLOAT64 = 3;
const SUCCESS = 1;
const FAILURE = 2;

/**
 * Writes a search for TensorBoard's HParams dashboard: the temperatures, learning rate, seed and metrics of every trial, one
 * run per trial, trials of one configuration as a group.
 *
 * @param folder A new or empty one, `tensorboard --logdir` of which shows the search.
 * @example
 * import {readFile} from 'node:fs/promises';
 *
 * writeHParams(fromJson(await readFile('result.json', 'utf8')), 'runs/search'); // tensorboard --logdir runs/search
 */
export function writeHParams(result: SearchResult, folder: string): void {
  checkResult('writeHParams', result);
  if (typeof folder !== 'string' || folder === '') throw invalid('writeHParams', 'folder', 'a path', folder);
  const root = new EventFile(folder);
  root.add(hparamsRecord('_hparams_/experiment', experiment(result)));
  root.close();
  for (const row of result.trials) {
    const run = new EventFile(join(folder, runName(row)));
    run.add(hparamsRecord('_hparams_/session_start_info', sessionStart(row)));
    for (const [name, value] of Object.entries(row.metrics)) run.scalar(name, value, 0);
    const status = row.status === 'done' ? SUCCESS : FAILURE;
    run.add(hparamsRecord('_hparams_/session_end_info', message(4, integer(1, status))));
    run.close();
  }
}

/** A trial's id without slashes, which would make folders. */
export const runName = ({id}: Pick<TrialRow, 'id'>): string => id.replaceAll('/', ',');

function experiment({definition, trials}: SearchResult): Encoded {
  const objective = objectiveOf(definition).name;
  const metrics = metricNames(trials.map(({metrics}) => metrics));
  // The objective comes first, as the dashboard sorts by it.
  const ordered = [objective, ...metrics.filter((name) => name !== objective)];
  return message(
    2,
    ...Object.keys(hparamsOf(trials[0])).map((name) =>
      bytes(4, concat(string(1, name), integer(4, FLOAT64))),
    ),
    ...ordered.map((tag) => bytes(5, bytes(1, string(2, tag)))),
  );
}

function sessionStart(row: TrialRow): Encoded {
  const values = Object.entries(hparamsOf(row)).map(([name, value]) =>
    bytes(1, concat(string(1, name), bytes(2, double(2, value)))),
  );
  return message(3, ...values, string(4, configurationId(row)));
}

function hparamsOf(row: TrialRow | undefined): Record<string, number> {
  if (row === undefined) return {};
  const {forwardTemperature, backwardTemperature, learningRate, seed} = row;
  return {
    forwardTemperature,
    backwardTemperature,
    ...(learningRate !== undefined && {learningRate}),
    seed,
  };
}

/** HParamsPluginData with one of its three parts. */
const message = (part: number, ...fields: Encoded[]): Encoded => bytes(part, concat(...fields));
