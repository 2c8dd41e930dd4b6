/** One colour per layer, the same in every panel: the name of a CSS variable. */
export const layerColour = (index: number) => `--layer-${(index % 6) + 1}`;

/** A CSS variable's value as it is now. */
export const cssValue = (name: string) =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Red, green and blue of any CSS colour, 0 to 255. */
export function channelsOf(colour: string): readonly [number, number, number] {
  const context = document.createElement('canvas').getContext('2d')!;
  context.fillStyle = colour.trim();
  const hex = String(context.fillStyle).slice(1); // a canvas writes colours as #rrggbb
  const at = (index: number) => Number.parseInt(hex.slice(index, index + 2), 16);
  return [at(0), at(2), at(4)];
}
