import {util} from '@tensorflow/tfjs-core';
import type {layers} from '@tensorflow/tfjs-layers';
import type {Estimator, UnitKind} from '../functional/index.js';
import {invalid} from '../functional/validate.js';
import {everyLayer} from '../layers/everyLayer.js';

type Layer = layers.Layer;

/** What a layer, or a whole model, has of each. Null where there is none, or where an axis of unknown length hides it. */
export interface SummaryCounts {
  /** Discrete units per sample: bits, categories' groups, gates' outputs. */
  readonly units: number | null;
  /** Size of the units' values per sample: 1 bit per binary unit and gate, log2 of the categories per group. */
  readonly codeBits: number | null;
  /** Logic gates that the layer holds. */
  readonly gates: number | null;
  /** Numbers in weights, trainable or not. */
  readonly parameters: number;
  /** Bytes of the weights in training. */
  readonly trainedBytes: number;
  /**
   * Bytes of the weights once training is over: of a gate its number (4 bits) and where its two inputs come from
   * (log2 of the inputs, rounded up, each); all other weights as they are.
   */
  readonly deployedBytes: number;
}

/** One layer. */
export interface LayerSummary extends SummaryCounts {
  /** The layer's name. */
  readonly name: string;
  readonly className: string;
  /** Without the batch axis; null for an axis of unknown length, or where the layer was never called. */
  readonly outputShape: readonly (number | null)[] | null;
  /** Categories per group; 16 for gates. */
  readonly categories: number | null;
  /** Id of the estimator. */
  readonly estimator: string | null;
  /** Null where the layer has none. */
  readonly forwardTemperature: number | null;
  /** Null where the layer has none. */
  readonly backwardTemperature: number | null;
}

/** What `discreteSummary` returns. */
export interface DiscreteSummary {
  /** One entry per layer. */
  readonly layers: readonly LayerSummary[];
  /** Sums over the layers. */
  readonly total: SummaryCounts;
}

/** What tells a layer of discrete units from others. */
interface Discrete {
  readonly unit: UnitKind;
  readonly categoriesPerGroup: number;
  readonly estimator: Estimator;
  readonly forwardTemperature: number;
  readonly backwardTemperature: number;
}

const GATE_BITS = 4;

/**
 * Prints a table of the model's layers, as `model.summary()` does, with what matters of discrete ones: units, size of the code,
 * gates, parameters, estimator, temperatures, and bytes before and after deployment.
 *
 * Layers inside nested models and wrappers have rows of their own in the table.
 *
 * @param model A built model.
 * @param print Receives the table line by line. Default `console.log`.
 * @returns The same as data.
 * @throws If `model` is not a model, or not built.
 * @example
 * const {total} = discreteSummary(model);
 * total.codeBits; // 12 for four groups of eight categories
 */
export function discreteSummary(
  model: {readonly layers: Layer[]},
  print: (line: string) => void = console.log,
): DiscreteSummary {
  if (!Array.isArray(model?.layers)) throw invalid('discreteSummary', 'model', 'a model', model);
  if (model.layers.length === 0) throw invalid('discreteSummary', 'model', 'of at least one layer', 0);
  if (typeof print !== 'function') throw invalid('discreteSummary', 'print', 'a function', print);
  const rows = [...new Set(everyLayer(model))].map(summarize);
  const sum = (field: keyof SummaryCounts) => {
    const known = rows.flatMap((row) => row[field] ?? []);
    return known.length === 0 ? null : known.reduce((a, b) => a + b, 0);
  };
  const total = {
    ...{units: sum('units'), codeBits: sum('codeBits'), gates: sum('gates')},
    parameters: sum('parameters') ?? 0,
    trainedBytes: sum('trainedBytes') ?? 0,
    deployedBytes: sum('deployedBytes') ?? 0,
  };
  for (const line of table(rows, total)) print(line);
  return {layers: rows, total};
}

function summarize(layer: Layer): LayerSummary {
  if (!layer.built) throw invalid('discreteSummary', 'model', 'built', `unbuilt layer ${layer.name}`);
  const {inputShape, outputShape} = shapesOf(layer);
  const weights = ownWeights(layer);
  const trainedBytes = weights.reduce((bytes, {shape, dtype}) => bytes + sizeOf(shape) * bytesPer(dtype), 0);
  const common = {
    ...{name: layer.name, className: layer.getClassName(), outputShape},
    parameters: weights.reduce((count, {shape}) => count + sizeOf(shape), 0),
    trainedBytes,
  };
  if (!isDiscrete(layer)) {
    return {
      ...{...common, deployedBytes: trainedBytes, units: null, codeBits: null, gates: null, categories: null},
      ...{estimator: null, forwardTemperature: null, backwardTemperature: null},
    };
  }
  const {unit, categoriesPerGroup: categories, estimator} = layer;
  const temperate = estimator.temperatures !== 'none';
  const gates =
    unit === 'gate' ? (weights.find(({name}) => /\/gates(_\d+)?$/.test(name))?.shape[0] ?? null) : null;
  const units = unitsOf(layer, outputShape, inputShape);
  return {
    ...common,
    ...{units, gates, categories},
    codeBits: units && units * (unit === 'categorical' ? Math.log2(categories) : 1),
    deployedBytes:
      gates === null ? trainedBytes : (gateBytes(gates, inputShape?.at(-1) ?? null) ?? trainedBytes),
    estimator: estimator.id,
    forwardTemperature: temperate ? layer.forwardTemperature : null,
    backwardTemperature: temperate ? layer.backwardTemperature : null,
  };
}

function isDiscrete(layer: object): layer is Layer & Discrete {
  return 'categoriesPerGroup' in layer && 'unit' in layer && 'estimator' in layer;
}

/** Shapes of the first call, without the batch axis. */
function shapesOf(layer: Layer): Record<'inputShape' | 'outputShape', readonly (number | null)[] | null> {
  const [node] = layer.inboundNodes;
  const inner = (shapes: unknown) => (shapes as (number | null)[][] | undefined)?.[0]?.slice(1) ?? null;
  return {inputShape: inner(node?.inputShapes), outputShape: inner(node?.outputShapes)};
}

function unitsOf(
  {unit, categoriesPerGroup, ...layer}: Discrete & {readonly codes?: number},
  outputShape: readonly (number | null)[] | null,
  inputShape: readonly (number | null)[] | null,
): number | null {
  const values = outputShape && known(outputShape);
  if (values === null) return null;
  if (unit !== 'categorical') return values;
  // A quantizer's output is a vector per unit, other layers' a one-hot row.
  const perUnit = layer.codes === undefined ? categoriesPerGroup : inputShape!.at(-1)!;
  return values / perUnit;
}

/** Product of the axes; null where one is unknown. */
function known(shape: readonly (number | null)[]): number | null {
  return shape.includes(null) ? null : sizeOf(shape);
}

function gateBytes(gates: number, inputs: number | null): number | null {
  return inputs && Math.ceil((gates * (GATE_BITS + 2 * Math.ceil(Math.log2(inputs)))) / 8);
}

/** A wrapper's weights are those of the layer inside, which has a row of its own. */
function ownWeights(layer: Layer) {
  const inside = 'layer' in layer ? new Set((layer.layer as Layer).weights) : undefined;
  return layer.weights.filter((weight) => !inside?.has(weight));
}

const sizeOf = (shape: readonly (number | null)[]) => util.sizeFromShape(shape as number[]);
const bytesPer = (dtype: Parameters<typeof util.bytesPerElement>[0]) => util.bytesPerElement(dtype);

const COLUMNS = [
  ...['Layer (class)', 'Output shape', 'Units', 'Code bits', 'Gates', 'Params'],
  ...['Estimator', 'tf', 'tb', 'Trained', 'Deployed'],
];
/** The first columns, and the estimator's, hold text. */
const TEXT = new Set([0, 1, 6]);

function table(rows: readonly LayerSummary[], total: SummaryCounts): string[] {
  const cells = [
    COLUMNS,
    ...rows.map((row) => [
      `${row.name} (${row.className})`,
      row.outputShape === null ? '' : `[${row.outputShape.map((length) => length ?? '?').join(', ')}]`,
      ...counts(row),
      row.estimator ?? '',
      ...[row.forwardTemperature, row.backwardTemperature].map((value) => temperature(value)),
      ...[row.trainedBytes, row.deployedBytes].map(bytes),
    ]),
    ['Total', '', ...counts(total), '', '', '', ...[total.trainedBytes, total.deployedBytes].map(bytes)],
  ];
  const widths = COLUMNS.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const lines = cells.map((row) =>
    row
      .map((cell, i) => (TEXT.has(i) ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('  ')
      .trimEnd(),
  );
  const rule = (mark: string) => mark.repeat(Math.max(...lines.map((line) => line.length)));
  return [rule('_'), lines[0]!, rule('='), ...lines.slice(1, -1), rule('='), lines.at(-1)!, rule('_')];
}

const counts = ({units, codeBits, gates, parameters}: SummaryCounts) =>
  [units, codeBits, gates, parameters].map((value) => number(value));

/** At most two digits behind the point. */
const number = (value: number | null) =>
  value === null ? '' : value.toLocaleString('en', {maximumFractionDigits: 2});

const temperature = (value: number | null) =>
  value === null ? '' : value.toLocaleString('en', {maximumSignificantDigits: 3});

function bytes(count: number): string {
  if (count < 1024) return `${count} B`;
  const units = ['KiB', 'MiB', 'GiB'];
  const power = Math.min(units.length, Math.floor(Math.log2(count) / 10));
  return `${number(count / 1024 ** power)} ${units[power - 1]}`;
}
