import type {Configuration, Json} from './Strategy.js';

/** The input of a trial. */
export interface TrialInput extends Configuration {
  /** The seed of this trial. */
  readonly seed: number;
  /** The search's `settings`, as they stand in the journal. */
  readonly settings: {readonly [key: string]: Json};
}

/** What a trial returns: numbers by name, including the objective. NaN and infinities are allowed. */
export type Metrics = Readonly<Record<string, number>>;

/** Trains and evaluates once. An error counts as a failed attempt. */
// biome-ignore lint/suspicious/noExplicitAny: a user's function may narrow the type of `settings`.
export type TrialFunction = (input: any) => Metrics | Promise<Metrics>;

/** One configuration with one seed. */
export interface Trial {
  /** The same for the same configuration and seed, in every run and on every machine. */
  readonly id: string;
  readonly configuration: Configuration;
  readonly seed: number;
}

/** Names a configuration, such as `tf=0.1/tb=0.7/lr=0.001`. */
export function configurationId(configuration: Configuration): string {
  const {forwardTemperature, backwardTemperature, learningRate} = configuration;
  const rate = learningRate === undefined ? '' : `/lr=${learningRate}`;
  return `tf=${forwardTemperature}/tb=${backwardTemperature}${rate}`;
}

/** Names a trial, such as `tf=0.1/tb=0.7/lr=0.001/seed=1`. */
export function createTrial(configuration: Configuration, seed: number): Trial {
  return {id: `${configurationId(configuration)}/seed=${seed}`, configuration, seed};
}

/** @throws unless `answer` is an object of numbers that holds the objective. */
export function checkMetrics(answer: unknown, objective: string): Metrics {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) {
    throw new Error(`A trial must return an object of numbers, got ${String(answer)}.`);
  }
  for (const [name, value] of Object.entries(answer)) {
    if (typeof value === 'number') continue;
    throw new Error(`A trial must return an object of numbers; \`${name}\` is a ${typeof value}.`);
  }
  if (Object.hasOwn(answer, objective)) return {...(answer as Metrics)};
  throw new Error(
    `A trial must return \`${objective}\`, got only ${Object.keys(answer).join(', ') || 'nothing'}.`,
  );
}

/** Metrics as JSON can hold them: what is not finite becomes a string. */
export type EncodedMetrics = Readonly<Record<string, number | string>>;

export function encodeMetrics(metrics: Metrics): EncodedMetrics {
  return mapValues(metrics, (value) => (Number.isFinite(value) ? value : String(value)));
}

/** Whether `encodeMetrics` can have written it. */
export function isEncodedMetric(value: unknown): value is number | string {
  return typeof value === 'number' || value === 'NaN' || value === 'Infinity' || value === '-Infinity';
}

export function decodeMetrics(encoded: EncodedMetrics): Metrics {
  return mapValues(encoded, Number);
}

export function mapValues<T, R>(
  record: Readonly<Record<string, T>>,
  change: (value: T) => R,
): Record<string, R> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
