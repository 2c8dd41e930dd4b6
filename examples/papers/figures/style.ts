/** How all figures look: as the package's own, which a test compares. */

export const FONT = 'system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif';
export const INK = '#2e3440';
export const FAINT = '#6b7385';
export const GRID = '#e8ebf0';
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
} as const;

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
} as const;
