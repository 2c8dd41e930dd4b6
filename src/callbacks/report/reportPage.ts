import type {History, LayersModel, Sequential} from '@tensorflow/tfjs-layers';
import {checkOptions} from '../../functional/checkOptions.js';
import {invalid, trueOrFalse} from '../../functional/validate.js';
import {everyLayer} from '../../layers/everyLayer.js';
import {discreteSummary} from '../../summary/discreteSummary.js';
import {escapeHtml} from './escapeHtml.js';
import {gateHistograms} from './gateHistogram.js';
import {checkImages, imageFigures, type ReportImages} from './images.js';
import {type LineChart, lineChart, type Series} from './lineChart.js';
import {LAYER_COLOURS, SCRIPT, STYLE} from './pageAssets.js';

const OWNER = 'report';

/** What a report shows besides the history. */
export interface ReportArgs {
  /** The trained model: for its table, gates and predictions. */
  readonly model?: LayersModel | Sequential;
  /** Images to show with what the model makes of them. */
  readonly images?: ReportImages;
  /** Default: the model's name. */
  readonly title?: string;
  /** A sentence on how the run went. */
  readonly outcome?: string;
  /** Further rows for the table of settings. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
  /** What counts as a dead unit, in words: `criterion` of `callbacks.deadUnits` and `callbacks.monitors`. */
  readonly criterion?: string;
  /** Whether training goes on: an open page then loads itself anew every five seconds. Default false. */
  readonly running?: boolean;
}

/** Values by key, one per epoch, as `fit` returns and monitors extend them. */
type Values = Readonly<Record<string, readonly (number | undefined)[]>>;

/**
 * A training run as one HTML page that needs nothing else: curves of loss, accuracy, dead units, perplexity with its maximum,
 * gradient norm and temperatures, the gates in use, the confusion matrix, mistakes or reconstructions, and the model.
 *
 * A layer has one colour throughout. Values of an epoch appear when its curve is pointed at or touched. The page follows the
 * reader's light or dark mode and fits a phone.
 *
 * @param history What `model.fit` returns, or its values by key.
 * @returns HTML.
 * @throws If the history has no epoch, an option is unknown, or images do not fit the model.
 * @example
 * const history = await model.fit(x, y, {epochs: 2, callbacks: callbacks.monitors()});
 * const page = await report(history, {model, title: 'Two epochs'});
 */
export async function report(history: History | Values, args: ReportArgs = {}): Promise<string> {
  checkOptions(OWNER, args, ['model', 'running', ...REPORT_TEXTS]);
  const values = valuesOf(history);
  const {model, images, outcome, settings = {}, criterion, running = false} = args;
  if (model !== undefined && !Array.isArray(model?.layers)) throw invalid(OWNER, 'model', 'a model', model);
  trueOrFalse(OWNER, 'running', running);
  if (images !== undefined && model === undefined) {
    throw invalid(OWNER, 'model', 'given where `images` are', undefined);
  }
  checkReportTexts(OWNER, args);
  const title = args.title ?? model?.name ?? 'Training';
  const colourOf = layerColours(values, model);
  const charts = chartsOf(values, colourOf, model, criterion).map((chart) =>
    lineChart(chart, firstEpochOf(history)),
  );
  const gates = model === undefined ? [] : await gateHistograms(model, colourOf);
  const imageSections = images === undefined ? [] : await imageFigures(model!, images);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${running ? '<meta http-equiv="refresh" content="5">\n' : ''}<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
<header>
<h1>${escapeHtml(title)}</h1>
${outcome === undefined ? '' : `<p>${escapeHtml(outcome)}</p>\n`}${running ? '<p class="running">Training goes on; this page renews itself.</p>\n' : ''}<dl class="tiles">${tiles(values)}</dl>
</header>
<main>
${[...charts, ...gates, ...imageSections].join('\n')}
</main>
<section>
${table('Settings', Object.entries(settings))}
${model === undefined ? '' : modelTable(model)}
</section>
<div id="tip" hidden></div>
<script>${SCRIPT}</script>
</html>
`;
}

/** Options that both `report` and `callbacks.report` take. */
export const REPORT_TEXTS = ['images', 'title', 'outcome', 'settings', 'criterion'] as const;

/** @throws If one of `REPORT_TEXTS` has another type. */
export function checkReportTexts(owner: string, args: Pick<ReportArgs, (typeof REPORT_TEXTS)[number]>): void {
  for (const field of ['title', 'outcome', 'criterion'] as const) {
    const text = args[field];
    if (text !== undefined && typeof text !== 'string') throw invalid(owner, field, 'text', text);
  }
  const {settings, images} = args;
  if (images !== undefined) checkImages(owner, images);
  if (settings === undefined) return;
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) {
    throw invalid(owner, 'settings', 'an object of names and values', settings);
  }
  for (const [name, value] of Object.entries(settings)) {
    if (['string', 'number', 'boolean'].includes(typeof value)) continue;
    throw invalid(owner, `settings.${name}`, 'text, a number, true or false', value);
  }
}

function valuesOf(history: History | Values): Values {
  const values = (history as History)?.history ?? history;
  const isValues =
    typeof values === 'object' &&
    values !== null &&
    Object.values(values).every(
      (list) => Array.isArray(list) && list.every((one) => typeof one !== 'object'),
    );
  if (!isValues || Math.max(0, ...Object.values(values as Values).map(({length}) => length)) === 0) {
    throw invalid(OWNER, 'history', 'what `model.fit` returns, of at least one epoch', history);
  }
  return values as Values;
}

/** `fit` counts epochs from 0. */
function firstEpochOf(history: History | Values): number {
  const {epoch} = history as Partial<History>;
  return Array.isArray(epoch) && typeof epoch[0] === 'number' && 'history' in history ? epoch[0] + 1 : 1;
}

/** Names of layers behind `<prefix>/`. */
const layersOf = (values: Values, prefix: string) =>
  Object.keys(values)
    .filter((key) => key.startsWith(`${prefix}/`))
    .map((key) => key.slice(prefix.length + 1));

/** Every layer that a chart names gets the next colour, in the model's order. */
function layerColours(values: Values, model: ReportArgs['model']): (layer: string) => string {
  const named = ['deadUnits', 'perplexity', 'gradientNorm'].flatMap((prefix) => layersOf(values, prefix));
  const ordered =
    model === undefined
      ? []
      : everyLayer(model)
          .map(({name}) => name)
          .filter((name) => named.includes(name));
  const names = [...new Set([...ordered, ...named])];
  return (layer) => `var(--layer-${Math.max(0, names.indexOf(layer)) % LAYER_COLOURS})`;
}

function chartsOf(
  values: Values,
  colourOf: (layer: string) => string,
  model: ReportArgs['model'],
  criterion: string | undefined,
): LineChart[] {
  const series = (key: string, name: string, colour = 'var(--ink)', dashed = false): Series[] =>
    values[key] === undefined ? [] : [{name, colour, dashed, values: values[key]}];
  const perLayer = (prefix: string) =>
    layersOf(values, prefix).flatMap((layer) => series(`${prefix}/${layer}`, layer, colourOf(layer)));
  const both = (key: string) => [
    ...series(key, 'training'),
    ...series(`val_${key}`, 'validation', 'var(--accent)', true),
  ];
  const metrics = Object.keys(values).filter(
    (key) => !key.includes('/') && !key.startsWith('val_') && !OWN_CHARTS.has(key),
  );
  const dead = perLayer('deadUnits');
  const maxima = perplexityMaxima(values, model);
  const charts: LineChart[] = [
    {title: 'Loss', series: both('loss'), from: 0, format: number},
    ...metrics.map((key): LineChart => {
      const isAccuracy = /^acc|accuracy$/i.test(key);
      return {title: isAccuracy ? 'Accuracy' : key, series: both(key), format: isAccuracy ? percent : number};
    }),
    {
      title: 'Dead units, % of the layer',
      note: deadNote(values, criterion),
      series: [...(dead.length === 1 ? [] : series('deadUnits', 'all layers')), ...dead],
      from: 0,
      format: number,
    },
    {
      title: 'Perplexity',
      note: `Effective number of categories in use.${maxima.length > 0 ? ` Dashed: the maximum, ${maxima.join(', ')}.` : ''}`,
      series: perLayer('perplexity'),
      limits: maxima,
      from: 1,
      format: number,
    },
    {
      title: 'Gradient norm',
      series: [...series('gradientNorm', 'all weights'), ...perLayer('gradientNorm')],
      from: 0,
      format: number,
    },
    {title: 'Learning rate', series: series('learningRate', 'learning rate'), from: 0, format: number},
  ];
  return charts.filter(({series: lines}) => lines.length > 0);
}

const OWN_CHARTS = new Set(['loss', 'deadUnits', 'gradientNorm', 'learningRate']);

/** The threshold in use, from what the history shows of it where `criterion` does not say. */
function deadNote(values: Values, criterion: string | undefined): string {
  const limits = layersOf(values, 'deadUnitsLimit').map((layer) => {
    const limit = values[`deadUnitsLimit/${layer}`]!.at(-1);
    return `${layer} ${limit === undefined ? '–' : number(limit)}`;
  });
  const rule =
    criterion ??
    (limits.length > 0
      ? "mean |dl/dlogit| below a fraction of the layer's mean"
      : 'mean |dl/dlogit| of a sample below a fixed threshold');
  return `Dead: ${rule}.${limits.length > 0 ? ` In the last epoch the limit was: ${limits.join(', ')}.` : ''}`;
}

/** The distinct numbers of categories of the layers whose perplexity is shown. */
function perplexityMaxima(values: Values, model: ReportArgs['model']): number[] {
  if (model === undefined) return [];
  const shown = new Set(layersOf(values, 'perplexity'));
  const maxima = everyLayer(model)
    .filter(({name}) => shown.has(name))
    .flatMap((layer) => (layer as {categoriesPerGroup?: number}).categoriesPerGroup ?? []);
  return [...new Set(maxima)].filter((value) => value > 1);
}

function tiles(values: Values): string {
  const last = (key: string) => values[key]?.at(-1);
  const accuracy = Object.keys(values).find((key) => /^acc|accuracy$/i.test(key) && !key.startsWith('val_'));
  const shown: [string, number | undefined, (value: number) => string][] = [
    ...(accuracy === undefined
      ? []
      : ([
          ['validation accuracy', last(`val_${accuracy}`), percent],
          ['accuracy', last(accuracy), percent],
        ] as [string, number | undefined, (value: number) => string][])),
    ['validation loss', last('val_loss'), number],
    ['loss', last('loss'), number],
    ['dead units', last('deadUnits'), (value) => `${value.toFixed(1)} %`],
  ];
  return shown
    .map(([name, value, format]) =>
      value === undefined ? '' : `<div><dt>${name}</dt><dd>${escapeHtml(format(value))}</dd></div>`,
    )
    .join('');
}

function table(title: string, rows: readonly (readonly [string, unknown])[]): string {
  if (rows.length === 0) return '';
  const cells = rows.map(
    ([name, value]) =>
      `<tr><th scope="row">${escapeHtml(name)}</th><td>${escapeHtml(String(value))}</td></tr>`,
  );
  return `<div><h2>${title}</h2><div class="scroll"><table>${cells.join('')}</table></div></div>`;
}

function modelTable(model: LayersModel | Sequential): string {
  const lines: string[] = [];
  discreteSummary(model, (line) => lines.push(line));
  return `<div><h2>Model</h2><div class="scroll"><pre>${escapeHtml(lines.join('\n'))}</pre></div></div>`;
}

/** Four digits, with an exponent for what is very small. */
function number(value: number): string {
  const isTiny = value !== 0 && Math.abs(value) < 1e-3;
  return isTiny ? value.toExponential(2) : String(Number(value.toPrecision(4)));
}

const percent = (value: number) => `${Number((100 * value).toFixed(2))} %`;
