import type {LayersModel} from '@tensorflow/tfjs-layers';
import {everyLayer} from './watchedLayers.js';

/** What a layer of discrete units has besides what every layer has. */
interface DiscreteParts {
  readonly estimator?: {readonly id: string};
  readonly forwardTemperature?: number;
  readonly backwardTemperature?: number;
}

/** A model as a table in Markdown: a row per layer, its output shape, weights, estimator and temperatures. */
export function modelTable(model: LayersModel): string {
  const rows = everyLayer(model).map((layer) => {
    const {estimator, forwardTemperature, backwardTemperature} = layer as DiscreteParts;
    const shape = ([layer.outputShape].flat(1) as (number | null)[])
      .map((size) => size ?? 'batch')
      .join(' x ');
    return [
      layer.name,
      layer.getClassName(),
      shape,
      layer.countParams(),
      estimator?.id ?? '',
      forwardTemperature ?? '',
      backwardTemperature ?? '',
    ];
  });
  const header = [
    'layer',
    'class',
    'output',
    'weights',
    'estimator',
    'forward temperature',
    'backward temperature',
  ];
  const lines = [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return `${lines.join('\n')}\n\n${model.countParams()} weights, optimizer ${model.optimizer?.getClassName() ?? 'none'}`;
}

/** A model's configuration as JSON in Markdown. */
export function configText(model: LayersModel): string {
  const config = JSON.stringify(model.toJSON(null, false), null, 2);
  return config
    .split('\n')
    .map((line) => `    ${line}`) // an indented block of code
    .join('\n');
}
