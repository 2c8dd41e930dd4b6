import {type Chart, drawChart, type Series} from './charts.js';
import type {Gallery} from './gallery.js';
import type {Figures} from './progress.js';

export interface ReportContent {
  readonly title: string;
  /** One sentence on how the run ended. */
  readonly outcome: string;
  readonly epochs: readonly Figures[];
  readonly gallery: Gallery;
  /** Name and value, in the order to show them. */
  readonly settings: readonly (readonly [string, string])[];
  /** Where the run's files lie and how to open them. */
  readonly files: readonly (readonly [string, string])[];
}

/** Writes a run as a page of its own: no script, nothing to load, curves as SVG. */
export async function report({
  title,
  outcome,
  epochs,
  gallery,
  settings,
  files,
}: ReportContent): Promise<string> {
  const charts = await Promise.all(
    chartsOf(epochs).map(async (chart) => ({...chart, svg: await drawChart(chart)})),
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
<header>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(outcome)}</p>
<dl class="tiles">${tiles(epochs.at(-1) ?? {})}</dl>
</header>
<main>
${charts.map(({title: name, svg}) => `<figure><figcaption>${escapeHtml(name)}</figcaption>${svg}</figure>`).join('\n')}
${exhibition(gallery)}
</main>
<section>
<div><h2>Settings</h2>${table(settings)}</div>
<div><h2>Files</h2>${table(files)}</div>
</section>
</html>
`;
}

function chartsOf(epochs: readonly Figures[]): Chart[] {
  const series = (key: string, name: string): Series[] =>
    epochs.some((figures) => figures[key] !== undefined)
      ? [{name, values: epochs.map((figures) => figures[key])}]
      : [];
  const perLayer = (prefix: string) => {
    const keys = Object.keys(epochs[0] ?? {}).filter((key) => key.startsWith(`${prefix}/`));
    return keys.flatMap((key) => series(key, key.slice(prefix.length + 1)));
  };
  const layers = perLayer('deadUnits');
  return [
    {title: 'Loss', fromZero: true, series: [...series('loss', 'training'), ...series('val_loss', 'test')]},
    {title: 'Accuracy', format: '.1%', series: [...series('acc', 'training'), ...series('val_acc', 'test')]},
    {
      title: 'Dead units, %',
      fromZero: true,
      series: [...(layers.length === 1 ? [] : series('deadUnits', 'all')), ...layers],
    },
    {title: 'Perplexity of each layer', series: perLayer('perplexity')},
    {title: 'Gradient norm', fromZero: true, series: series('gradientNorm', 'gradient norm')},
  ].filter(({series: lines}) => lines.length > 0);
}

function tiles(last: Figures): string {
  const shown: [string, string | undefined][] = [
    ['test accuracy', last.val_acc === undefined ? undefined : `${(100 * last.val_acc).toFixed(2)} %`],
    ['test loss', last.val_loss?.toFixed(4)],
    ['dead units', last.deadUnits === undefined ? undefined : `${last.deadUnits.toFixed(1)} %`],
    ...Object.entries(last)
      .filter(([key]) => key.startsWith('perplexity/'))
      .map(([key, value]): [string, string] => [`perplexity of ${key.split('/')[1]}`, value.toFixed(2)]),
  ];
  return shown
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value!)}</dd></div>`)
    .join('');
}

function exhibition({title, exhibits}: Gallery): string {
  const shown = exhibits.map(
    ({images, caption}) =>
      `<div>${images.map((source) => `<img alt="" src="${source}">`).join('')}${escapeHtml(caption)}</div>`,
  );
  return `<figure><figcaption>${escapeHtml(title)}</figcaption><div class="gallery">${shown.join('')}</div></figure>`;
}

function table(rows: readonly (readonly [string, string])[]): string {
  const cells = rows.map(
    ([name, value]) => `<tr><th scope="row">${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`,
  );
  return `<table>${cells.join('')}</table>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

const STYLE = `
  body { margin: 0 auto; max-width: 1320px; padding: 32px 24px 48px; background: #f6f7f9; color: #2e3440;
    font: 15px/1.5 system-ui, sans-serif; }
  h1 { margin: 0; font-size: 28px; font-weight: 650; letter-spacing: -0.01em; }
  h2 { margin: 0 0 8px; font-size: 16px; font-weight: 600; }
  header p { margin: 4px 0 20px; color: #5b6475; }
  .tiles { display: flex; flex-wrap: wrap; gap: 12px; margin: 0 0 16px; }
  .tiles div, figure, section > div { background: white; border: 1px solid #e3e6ec; border-radius: 10px; }
  .tiles div { padding: 10px 18px; }
  dt { color: #6b7485; font-size: 13px; }
  dd { margin: 0; font-size: 22px; font-weight: 600; font-variant-numeric: tabular-nums; }
  main { display: grid; grid-template-columns: repeat(auto-fill, minmax(400px, 1fr)); gap: 16px; }
  figure { margin: 0; padding: 14px 12px 6px; }
  figcaption { padding: 0 6px 4px; font-weight: 600; }
  svg { width: 100%; height: auto; }
  .gallery { display: grid; grid-template-columns: repeat(7, 1fr); gap: 12px 8px; padding: 8px 6px; }
  .gallery div { text-align: center; font-size: 12px; color: #6b7485; }
  .gallery img { display: block; width: 100%; margin-bottom: 3px; image-rendering: pixelated; border-radius: 3px; }
  section { display: grid; grid-template-columns: repeat(auto-fit, minmax(400px, 1fr)); gap: 16px; margin-top: 16px; }
  section > div { padding: 16px 20px; overflow-x: auto; }
  table { border-collapse: collapse; width: 100%; }
  th, td { padding: 5px 12px 5px 0; border-top: 1px solid #eef0f4; text-align: left; vertical-align: top; }
  tr:first-child > * { border-top: 0; }
  th { font-weight: 400; color: #6b7485; white-space: nowrap; }
  table { font-size: 14px; }
  td { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: 13px; overflow-wrap: anywhere; }
`;
