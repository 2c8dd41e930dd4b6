import {pathToFileURL} from 'node:url';
import type {Axis, Legend, Spec, Title} from 'vega';
import {invalid} from '../../functional/validate.js';

const FONT = 'system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif';
export const INK = '#2e3440';
export const FAINT = '#6b7385';
export const GRID = '#e8ebf0';
/** Marks tf = tb, as in the papers. */
export const DIAGONAL = '#d1342f';
/** Colours that people with colour-blindness tell apart (Okabe and Ito). */
export const COLOURS = [
  '#0072b2',
  '#e69f00',
  '#009e73',
  '#cc79a7',
  '#56b4e9',
  '#7a5195',
  '#8a8a8a',
  '#000000',
];

export const axis = {
  labelFont: FONT,
  labelColor: FAINT,
  labelFontSize: 12,
  titleFont: FONT,
  titleColor: INK,
  titleFontSize: 13,
  titleFontWeight: 'normal',
  titlePadding: 10,
  domain: false,
  ticks: false,
  labelPadding: 6,
} as const satisfies Partial<Axis>;

export const legend = {
  labelFont: FONT,
  labelColor: INK,
  labelFontSize: 12,
  titleFont: FONT,
  titleColor: INK,
  titleFontSize: 12,
  titleFontWeight: 'normal',
  titleLimit: 0,
  labelLimit: 0,
} as const satisfies Partial<Legend>;

/** @throws unless the title is text or left out. */
export function checkTitle(owner: string, title: unknown): void {
  if (title !== undefined && typeof title !== 'string') throw invalid(owner, 'title', 'text', title);
}

export function titleOf(text: string, subtitle: readonly string[]): Title {
  return {
    text,
    subtitle: [...subtitle],
    anchor: 'start',
    font: FONT,
    fontSize: 16,
    fontWeight: 600,
    color: INK,
    subtitleFont: FONT,
    subtitleFontSize: 12,
    subtitleColor: FAINT,
    subtitlePadding: 5,
    subtitleLineHeight: 17,
    offset: 16,
  };
}

export const font = {value: FONT};

/**
 * Renders a specification as an SVG.
 *
 * @throws if vega is not installed.
 */
export async function renderSvg(spec: Spec, label: string): Promise<string> {
  const {parse, View} = await loadVega();
  const view = new View(parse({background: 'white', padding: 12, autosize: 'pad', ...spec}), {
    renderer: 'none',
  });
  try {
    const svg = await view.toSVG();
    return svg.replace('<svg', `<svg role="img" aria-label="${attribute(label)}"`);
  } finally {
    view.finalize();
  }
}

/**
 * Vega, which is an optional package.
 *
 * @throws if it is not installed.
 */
export async function loadVega(): Promise<typeof import('vega')> {
  try {
    return await import('vega');
  } catch (cause) {
    // The CommonJS build calls `require` here, which cannot load vega's ES module.
    if (String((cause as NodeJS.ErrnoException).code).startsWith('ERR_REQUIRE_'))
      return importFromCommonJs('vega');
    throw new Error('search: a figure needs one more package: npm install vega@6', {cause});
  }
}

/** An `import()` that TypeScript does not turn into a `require`. */
function importFromCommonJs(name: string): Promise<typeof import('vega')> {
  const load = new Function('url', 'return import(url)');
  const {resolve} = require as unknown as {resolve(name: string): string};
  return load(pathToFileURL(resolve(name)).href);
}

const attribute = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
