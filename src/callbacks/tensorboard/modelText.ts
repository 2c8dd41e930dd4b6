import type {LayersModel} from '@tensorflow/tfjs-layers';
import {discreteSummary} from '../../summary/discreteSummary.js';

/** The table of `discreteSummary`. */
export function summaryText(model: LayersModel): string {
  const lines: string[] = [];
  discreteSummary(model, (line) => lines.push(line));
  return codeBlock(lines);
}

/** A model's configuration as JSON in Markdown. */
export function configText(model: LayersModel): string {
  return codeBlock(JSON.stringify(model.toJSON(null, false), null, 2).split('\n'));
}

/** Markdown shows indented lines as they are. */
const codeBlock = (lines: readonly string[]) => lines.map((line) => `    ${line}`).join('\n');
