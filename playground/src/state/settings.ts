/** What a visitor can choose, with its ranges: one table that the form, the address and the worker read. */

export const MODELS = ['gates', 'binary', 'autoencoder'] as const;
/** The kinds of network. */
export type ModelKind = (typeof MODELS)[number];

export const DATA_SETS = ['mnist', 'fashion'] as const;
/** The sets of images. */
export type DataSetId = (typeof DATA_SETS)[number];

export const OPTIMIZERS = ['adam', 'adamW', 'rectifiedAdam'] as const;
/** The package's optimizers. */
export type OptimizerId = (typeof OPTIMIZERS)[number];

export const ESTIMATORS = [
  'decoupled',
  'softmax',
  'identity',
  'gumbel',
  'decoupledGumbel',
  'reinMax',
  'gumbelSoftmax',
  'soft',
] as const;
/** The package's estimators. */
export type EstimatorId = (typeof ESTIMATORS)[number];

/** Everything that a run depends on: the same settings give the same weights, bit for bit. */
export interface Settings {
  readonly model: ModelKind;
  readonly data: DataSetId;
  /** Layers of gates or of binary units; for the autoencoder dense layers on each side of the code. */
  readonly layers: number;
  /** Gates or bits per layer; for the autoencoder categorical units in the code. */
  readonly units: number;
  /** Categories per unit of the autoencoder's code. */
  readonly categories: number;
  readonly estimator: EstimatorId;
  readonly forwardTemperature: number;
  readonly backwardTemperature: number;
  readonly learningRate: number;
  readonly optimizer: OptimizerId;
  readonly batchSize: number;
  readonly epochs: number;
  readonly seed: number;
}

/** The largest and smallest value of a number, and how it is chosen. */
export interface Range {
  readonly least: number;
  readonly most: number;
  readonly whole: boolean;
}

export type NumberSetting = {[K in keyof Settings]: Settings[K] extends number ? K : never}[keyof Settings];
type NameSetting = Exclude<keyof Settings, NumberSetting>;

/** Ranges that do not depend on the kind of network. */
const RANGES: Readonly<Record<Exclude<NumberSetting, 'layers' | 'units' | 'categories'>, Range>> = {
  forwardTemperature: {least: 0.001, most: 10, whole: false},
  backwardTemperature: {least: 0.001, most: 10, whole: false},
  learningRate: {least: 0.00001, most: 0.1, whole: false},
  batchSize: {least: 8, most: 512, whole: true},
  epochs: {least: 1, most: 1000, whole: true},
  seed: {least: 0, most: 1_000_000, whole: true},
};

const SIZES: Readonly<Record<ModelKind, Readonly<Record<'layers' | 'units' | 'categories', Range>>>> = {
  gates: {
    layers: {least: 1, most: 6, whole: true},
    units: {least: 500, most: 12_000, whole: true},
    categories: {least: 16, most: 16, whole: true},
  },
  binary: {
    layers: {least: 1, most: 3, whole: true},
    units: {least: 10, most: 400, whole: true},
    categories: {least: 2, most: 2, whole: true},
  },
  autoencoder: {
    layers: {least: 1, most: 2, whole: true},
    units: {least: 1, most: 32, whole: true},
    categories: {least: 2, most: 32, whole: true},
  },
};

/** Range of a number. */
export function rangeOf(model: ModelKind, field: NumberSetting): Range {
  return field in SIZES[model] ? SIZES[model][field as 'units'] : RANGES[field as 'seed'];
}

const NAMES: Readonly<Record<NameSetting, readonly string[]>> = {
  model: MODELS,
  data: DATA_SETS,
  estimator: ESTIMATORS,
  optimizer: OPTIMIZERS,
};

const COMMON = {data: 'mnist', estimator: 'decoupled', optimizer: 'adam', seed: 1} as const;

/** Where each network starts: values that were tried on this page's data. */
export const DEFAULTS: Readonly<Record<ModelKind, Settings>> = {
  gates: {
    ...COMMON,
    model: 'gates',
    layers: 4,
    units: 3000,
    categories: 16,
    forwardTemperature: 0.1,
    backwardTemperature: 2,
    learningRate: 0.02,
    batchSize: 100,
    epochs: 20,
  },
  binary: {
    ...COMMON,
    model: 'binary',
    layers: 2,
    units: 100,
    categories: 2,
    forwardTemperature: 0.1,
    backwardTemperature: 0.7,
    learningRate: 0.001,
    batchSize: 128,
    epochs: 20,
  },
  autoencoder: {
    ...COMMON,
    model: 'autoencoder',
    layers: 2,
    units: 8,
    categories: 8,
    forwardTemperature: 2,
    backwardTemperature: 0.5,
    learningRate: 0.0003,
    batchSize: 100,
    epochs: 40,
  },
};

/** How many temperatures an estimator takes. */
export function temperaturesOf(estimator: EstimatorId): 'both' | 'one' | 'none' {
  if (estimator === 'identity') return 'none';
  return estimator === 'decoupled' || estimator === 'decoupledGumbel' ? 'both' : 'one';
}

/** Whether a network's units can be trained with an estimator: the mixture of all gates is for gates alone. */
export function serves(estimator: EstimatorId, model: ModelKind): boolean {
  return estimator !== 'soft' || model === 'gates';
}

/** The temperatures as a layer takes them. */
export function temperatureArgs({estimator, forwardTemperature, backwardTemperature}: Settings) {
  const temperatures = temperaturesOf(estimator);
  if (temperatures === 'none') return {};
  if (temperatures === 'one') return {temperature: forwardTemperature};
  return {forwardTemperature, backwardTemperature};
}

/**
 * Reads one setting from a text.
 *
 * @throws If it is not one of the names, or not a number within its range, naming field and value.
 */
export function parseSetting(model: ModelKind, field: keyof Settings, text: string): string | number {
  if (field in NAMES) {
    const known = NAMES[field as NameSetting];
    if (known.includes(text)) return text;
    throw new Error(`\`${field}\` must be one of ${known.join(', ')}, got ${text}.`);
  }
  const {least, most, whole} = rangeOf(model, field as NumberSetting);
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return value;
  throw new Error(
    `\`${field}\` must be a ${whole ? 'whole ' : ''}number from ${least} to ${most}, got ${text}.`,
  );
}

/**
 * Settings that fit together: an estimator that serves the network, as many gates as ten classes can share, and a
 * temperature that the estimator allows.
 */
export function fitTogether(settings: Settings): Settings {
  const {model, estimator, units} = settings;
  const {least, most} = rangeOf(model, 'units');
  const shared = model === 'gates' ? Math.round(units / 10) * 10 : units;
  const kept = serves(estimator, model) ? estimator : 'decoupled';
  const forward = kept === 'reinMax' ? Math.max(1, settings.forwardTemperature) : settings.forwardTemperature;
  return {
    ...settings,
    estimator: kept,
    units: Math.min(most, Math.max(least, shared)),
    forwardTemperature: forward,
    backwardTemperature: temperaturesOf(kept) === 'one' ? forward : settings.backwardTemperature,
  };
}
