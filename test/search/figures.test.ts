import {describe, expect, it} from 'vitest';
import * as style from '../../examples/papers/figures/style.js';
import * as chart from '../../src/search/figures/chart.js';
import {
  diagonal,
  grid,
  heatMap,
  linePlot,
  type SearchResult,
  type Strategy,
  search,
  sequential,
  type TrialInput,
} from '../../src/search/index.js';
import {valley} from './support.js';

const run = (
  strategy: Strategy,
  trial: (input: TrialInput) => Record<string, number> = valley,
  seeds = [1, 2],
) => search({trial, strategy, seeds, minimize: 'valLoss', retries: 0, progress: false});

const temperatures = {forwardTemperature: [0, 0.5, 1], backwardTemperature: [0.3, 0.5, 0.7, 1]};

/** What opens in an SVG is closed again, in order, and every attribute is quoted. @returns Names of elements. */
function elementsOf(svg: string): string[] {
  const open: string[] = [];
  const names: string[] = [];
  const outside = svg.replace(
    /<(\/?)([a-zA-Z]+)((?:\s+[\w:.-]+="[^"<]*")*)\s*(\/?)>/g,
    (_, end, name, _attributes, empty) => {
      if (end) expect(open.pop()).toBe(name);
      else names.push(name);
      if (!end && !empty) open.push(name);
      return '';
    },
  );
  expect(open).toEqual([]);
  expect(outside).not.toMatch(/[<>]|&(?!amp;|lt;|gt;|quot;|#\d+;)/);
  return names;
}

const textsOf = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);

/** The figures that a heat map tells to those who cannot see it. */
function cellsOf(svg: string): string[] {
  return [...svg.matchAll(/aria-label="(forward temperature [^"]*)"/g)].map(([, text]) => text!);
}

function expectEveryCell(svg: string, {configurations}: SearchResult): void {
  const cells = cellsOf(svg);
  expect(cells).toHaveLength(configurations.length);
  for (const {forwardTemperature, backwardTemperature, metrics} of configurations) {
    const {mean, standardDeviation} = metrics.valLoss!;
    expect(cells).toContain(
      `forward temperature ${forwardTemperature}, backward temperature ${backwardTemperature}: ` +
        `valLoss ${mean}, standard deviation ${standardDeviation} over 2 seeds`,
    );
    const shown = textsOf(svg).filter((text) => Number(text?.replace('−', '-')) === Number(mean.toFixed(3)));
    expect(shown.length, `${mean} for the eye`).toBeGreaterThan(0);
  }
}

describe('the heat map', () => {
  it('holds the value of every cell', async () => {
    const result = await run(grid(temperatures));
    const svg = await heatMap(result, {title: 'Loss <& "more">'});
    elementsOf(svg);
    expectEveryCell(svg, result);
    expect(svg).toContain('aria-label="Heat map of Loss &lt;&amp; &quot;more&quot;>');
    expect(textsOf(svg)).toEqual(
      expect.arrayContaining(['forward temperature', 'backward temperature', '0.3']),
    );
  });

  it('names and frames the best cell', async () => {
    const svg = await heatMap(await run(grid(temperatures)));
    expect(svg).toMatch(/Framed: the best, [−\d.]+ at forward 0\.5, backward 0\.7\./);
    const frames = [...svg.matchAll(/<path [^>]*stroke-width="3\.5"[^>]*>/g)];
    expect(frames).toHaveLength(1);
    const cell = svg.match(
      /<path aria-label="forward temperature 0\.5, backward temperature 0\.7:[^>]* d="([^"]*)"/,
    );
    expect(frames[0]![0]).toContain(` d="${cell![1]}"`);
  });

  it('puts the diagonal through the cells whose temperatures are equal', async () => {
    const svg = await heatMap(await run(grid(temperatures)));
    const path = svg.match(/<path [^>]*d="([^"]*)"[^>]*stroke-dasharray/)![1]!;
    const points = [...path.matchAll(/(-?[\d.]+),(-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
    // Where the cell itself stands.
    expect(svg).toMatch(
      /aria-label="forward temperature 0\.5, backward temperature 0\.5:[^>]* d="M64,96h64v48/,
    );
    // Cells of 64 by 48 pixels; backward 0.5 is the second of four rows from below, forward 0.5 the second column.
    expect(points).toContainEqual([1.5 * 64, 2.5 * 48]);
    expect(points).toContainEqual([2.5 * 64, 0.5 * 48]);
    // 0.3 lies three fifths of the way from column 0 to column 0.5.
    expect(points[1]).toEqual([1.1 * 64, 3.5 * 48]);
  });

  it('rings a reference and states its value', async () => {
    const result = await run(grid(temperatures));
    const reference = {forwardTemperature: 1, backwardTemperature: 0.7, label: 'the paper <1>'};
    const svg = await heatMap(result, {reference});
    elementsOf(svg);
    // Cells of 64 by 48 pixels: third column, third row from below.
    const rings = [
      ...svg.matchAll(/<path aria-label="the paper[^>]*transform="translate\(([\d.]+),([\d.]+)\)"/g),
    ];
    expect(rings.map(([, x, y]) => [Number(x), Number(y)])).toEqual([[2.5 * 64, 1.5 * 48]]);
    expect(rings[0]![0]).toContain('the paper &lt;1&gt;: forward temperature 1, backward temperature 0.7');
    const {mean} = result.configurations.find(
      (row) => row.forwardTemperature === 1 && row.backwardTemperature === 0.7,
    )!.metrics.valLoss!;
    expect(svg).toContain(`>Ringed: the paper &lt;1&gt;, ${mean.toFixed(3)} at forward 1, backward 0.7.<`);
    expect(await heatMap(result)).not.toContain('Ringed');
  });

  it('rings a reference that was not tried between its neighbours, and rejects one beyond the map', async () => {
    const result = await run(grid(temperatures));
    const svg = await heatMap(result, {reference: {forwardTemperature: 0.25, backwardTemperature: 0.65}});
    const [, x, y] = svg.match(
      /<path aria-label="reference:[^>]*transform="translate\(([\d.]+),([\d.]+)\)"/,
    )!;
    expect(Number(x)).toBe(64); // half way from column 0 to column 0.5
    expect(Number(y)).toBeCloseTo((4 - 1.75 - 0.5) * 48, 6); // three quarters of the way from row 0.5 to row 0.7
    expect(svg).toContain('>Ringed: reference, forward 0.25, backward 0.65.<');
    await expect(
      heatMap(result, {reference: {forwardTemperature: 1, backwardTemperature: 1.5}}),
    ).rejects.toThrow(
      'heatMap: `reference.backwardTemperature` must be on the map, which goes from 0.3 to 1, got 1.5.',
    );
  });

  it('leaves pairs empty that a sequential search has not tried', async () => {
    const result = await run(sequential(temperatures));
    expect(result.configurations).toHaveLength(6);
    expectEveryCell(await heatMap(result), result);
  });

  it('labels failed and NaN cells, and handles a search in which everything failed', async () => {
    const trial = (input: TrialInput) => {
      if (input.forwardTemperature === 0) throw new Error('no');
      return {valLoss: input.forwardTemperature === 1 ? Number.NaN : valley(input).valLoss};
    };
    const svg = await heatMap(await run(grid(temperatures), trial));
    elementsOf(svg);
    expect(new Set(textsOf(svg))).toContain('failed');
    expect(new Set(textsOf(svg))).toContain('NaN');
    expect(cellsOf(svg).filter((cell) => cell.endsWith(': failed'))).toHaveLength(4);
    const nothing = await run(grid(temperatures), () => ({valLoss: Number.NaN}));
    elementsOf(await heatMap(nothing));
    expect(await heatMap(nothing)).toContain('Nothing to choose from.');
    elementsOf(await linePlot(nothing));
  });

  it('shows each cell at its best learning rate, or at the given one', async () => {
    const result = await run(grid({...temperatures, learningRate: [1e-4, 1e-3]}));
    const best = await heatMap(result);
    expect(cellsOf(best).every((cell) => cell.includes('learning rate 0.001:'))).toBe(true);
    expect(best).toContain('each cell at the best of 2 learning rates');
    const asked = await heatMap(result, {learningRate: 1e-4});
    expect(cellsOf(asked).every((cell) => cell.includes('learning rate 0.0001:'))).toBe(true);
  });

  it('does not stretch the colour scale for one diverged run', async () => {
    const trial = (input: TrialInput) =>
      input.forwardTemperature === 1 && input.backwardTemperature === 1 ? {valLoss: 1e6} : valley(input);
    const fills = (svg: string) =>
      new Set([...svg.matchAll(/aria-label="forward[^>]*fill="([^"]*)"/g)].map(([, fill]) => fill));
    const svg = await heatMap(await run(grid(temperatures), trial));
    expect(fills(svg).size).toBeGreaterThan(8);
    expect(svg).toContain('Colours end where outliers begin.');
    expect(textsOf(svg)).toContain('1000000');
  });
});

describe('the line plot', () => {
  const describedPoints = (svg: string) => cellsOf(svg).length;

  it('has a line for each forward temperature and a point for each cell, equal temperatures in red', async () => {
    const svg = await linePlot(await run(grid(temperatures)));
    elementsOf(svg);
    expect(describedPoints(svg)).toBe(12);
    expect(svg.match(/fill="#d1342f"/g)).toHaveLength(2);
    expect(
      svg.match(/<path [^>]*stroke-width="2" stroke-linejoin="round"/g) ?? svg.match(/class="mark-line/g),
    ).toHaveLength(3);
    expect(svg).toMatch(/Ringed: the best, [−\d.]+ at forward 0\.5, backward 0\.7/);
  });

  it('puts the forward temperature on the axis on request', async () => {
    const svg = await linePlot(await run(grid(temperatures)), {along: 'forwardTemperature'});
    expect(svg.match(/class="mark-line/g)).toHaveLength(4);
  });

  it('shows both sweeps of a sequential search', async () => {
    const svg = await linePlot(await run(sequential(temperatures)));
    elementsOf(svg);
    expect(textsOf(svg)).toEqual(
      expect.arrayContaining(['forward, at backward 1', 'backward, at forward 0.5']),
    );
    // Three, then four, of which the one where the sweeps cross stands on both lines.
    expect(describedPoints(svg)).toBe(7);
  });

  it('shows the one line of a diagonal search', async () => {
    const svg = await linePlot(await run(diagonal({temperature: [0.3, 0.5, 1]})));
    expect(svg.match(/class="mark-line/g)).toHaveLength(1);
    expect(svg.match(/fill="#d1342f"/g)).toHaveLength(3);
  });

  it('shades many lines', async () => {
    const forward = Array.from({length: 12}, (_, i) => i / 10);
    const svg = await linePlot(await run(grid({forwardTemperature: forward, backwardTemperature: [0.5, 1]})));
    elementsOf(svg);
    expect(svg.match(/class="mark-line/g)).toHaveLength(12);
  });
});

it('the examples plot in the same style', () => {
  const {INK, FAINT, GRID, COLOURS, axis, legend, font} = chart;
  expect({...style}).toEqual({INK, FAINT, GRID, COLOURS, axis, legend, FONT: font.value});
});
