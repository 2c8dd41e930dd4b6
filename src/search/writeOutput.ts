import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {heatMap} from './figures/heatMap.js';
import {linePlot} from './figures/linePlot.js';
import {configurationsToCsv, type SearchResult, toJson, trialsToCsv} from './results.js';

/** Writes tables and figures of a finished search into `folder`, which is made where it is missing. */
export async function writeOutput(folder: string, result: SearchResult): Promise<void> {
  await mkdir(folder, {recursive: true});
  const write = (name: string, content: string) => writeFile(join(folder, name), content);
  await write('result.json', toJson(result));
  await write('trials.csv', trialsToCsv(result));
  await write('configurations.csv', configurationsToCsv(result));
  await write('linePlot.svg', await linePlot(result));
  if (result.definition.strategy.name !== 'diagonal') await write('heatMap.svg', await heatMap(result));
}
