import {DEFAULTS, fitTogether, MODELS, type ModelKind, parseSetting, type Settings} from './settings.js';

/** Short names in the address, so that it stays readable. */
const KEYS: Readonly<Record<string, keyof Settings>> = {
  model: 'model',
  data: 'data',
  layers: 'layers',
  units: 'units',
  categories: 'categories',
  estimator: 'estimator',
  tf: 'forwardTemperature',
  tb: 'backwardTemperature',
  rate: 'learningRate',
  optimizer: 'optimizer',
  batch: 'batchSize',
  epochs: 'epochs',
  seed: 'seed',
};

/** What an address says. */
export interface ReadAddress {
  readonly settings: Settings;
  /** Whether only the small version is shown, as on the documentation's first page. */
  readonly embedded: boolean;
  /** What could not be read; the default stands in its place. */
  readonly faults: readonly string[];
}

/** Every setting as the part of an address after `#`. */
export function toAddress(settings: Settings): string {
  return new URLSearchParams(
    Object.entries(KEYS).map(([key, field]) => [key, String(settings[field])]),
  ).toString();
}

/** Reads what `toAddress` wrote; what is missing has the network's default. */
export function fromAddress(hash: string): ReadAddress {
  const given = new URLSearchParams(hash.replace(/^#/, ''));
  const faults: string[] = [];
  const named = given.get('model') ?? 'gates';
  const model = (MODELS as readonly string[]).includes(named) ? (named as ModelKind) : 'gates';
  const read: Record<string, string | number> = {...DEFAULTS[model]};
  for (const [key, text] of given) {
    if (key === 'view') continue;
    const field = KEYS[key];
    try {
      if (field === undefined) throw new Error(`\`${key}\` is not a setting.`);
      read[field] = parseSetting(model, field, text);
    } catch (error) {
      faults.push((error as Error).message);
    }
  }
  read.model = model;
  return {
    settings: fitTogether(read as unknown as Settings),
    embedded: given.get('view') === 'embedded',
    faults,
  };
}
