import {invalid, nonNegative, oneOf, positive, wholeNumber} from './validate.js';

/**
 * A value as a function of time: of the epoch (temperatures, `callbacks.learningRateSchedule`) or of the step (a learning
 * rate given to an optimizer), both counted from 0.
 *
 * Any function will do. Those made here carry a description, so that whatever follows one can be saved.
 */
export type Schedule = ((time: number) => number) & {readonly description?: ScheduleDescription};

/** A schedule as JSON: its kind, and the arguments that make it again. */
export interface ScheduleDescription {
  /** The name of the function that makes it. */
  readonly kind: string;
  readonly [argument: string]: Described;
}

/** What a description may hold. */
type Described = number | string | ScheduleDescription | readonly Described[];

/**
 * `value` at every time.
 *
 * @throws If `value` is not a finite number >= 0.
 * @example
 * const schedule = functional.schedules.constant(0.7);
 * schedule(12); // 0.7
 */
export function constant(value: number): Schedule {
  nonNegative('constant', 'value', value);
  return describe('constant', {value}, () => value);
}

/**
 * From `from` at time 0 in equal steps to `to` at time `duration`, and `to` from there on.
 *
 * @throws If an end is not a finite number >= 0, or `duration` not a whole number >= 1.
 * @example
 * callbacks.temperatureSchedule({forward: functional.schedules.linear(1, 0.1, 20)}); // over 20 epochs
 */
export function linear(from: number, to: number, duration: number): Schedule {
  ends('linear', from, to, duration);
  const schedule = (time: number) => from + (to - from) * progress(time, duration);
  return describe('linear', {from, to, duration}, schedule);
}

/**
 * From `from` at time 0 in equal ratios to `to` at time `duration`, and `to` from there on.
 *
 * @throws If an end is not a finite number > 0, or `duration` not a whole number >= 1.
 * @example
 * const schedule = functional.schedules.exponential(1, 0.01, 10);
 * schedule(5); // 0.1
 */
export function exponential(from: number, to: number, duration: number): Schedule {
  ends('exponential', positive('exponential', 'from', from), positive('exponential', 'to', to), duration);
  const schedule = (time: number) => from * (to / from) ** progress(time, duration);
  return describe('exponential', {from, to, duration}, schedule);
}

/**
 * From `from` at time 0 along half a cosine to `to` at time `duration`, and `to` from there on.
 *
 * @throws If an end is not a finite number >= 0, or `duration` not a whole number >= 1.
 * @see Loshchilov, Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", arXiv:1608.03983, equation 5.
 * @example
 * const schedule = functional.schedules.cosine(1, 0, 10);
 * schedule(5); // 0.5
 */
export function cosine(from: number, to: number, duration: number): Schedule {
  ends('cosine', from, to, duration);
  const schedule = (time: number) =>
    to + ((from - to) * (1 + Math.cos(Math.PI * progress(time, duration)))) / 2;
  return describe('cosine', {from, to, duration}, schedule);
}

/**
 * `from`, multiplied by `factor` at each multiple of `every`.
 *
 * @throws If `from` is not a finite number >= 0, `factor` not one > 0, or `every` not a whole number >= 1.
 * @example
 * functional.schedules.step(1e-3, 0.5, 10); // halved every 10 epochs
 */
export function step(from: number, factor: number, every: number): Schedule {
  nonNegative('step', 'from', from);
  positive('step', 'factor', factor);
  wholeNumber('step', 'every', every, 1);
  return describe(
    'step',
    {from, factor, every},
    (time) => from * factor ** Math.max(0, Math.floor(time / every)),
  );
}

/**
 * A staircase: `values[i]` holds until time `boundaries[i]`, the last value for good.
 *
 * @param values One more than boundaries, each >= 0.
 * @param boundaries Times, rising, at which the next value begins.
 * @throws If the lengths do not fit, a value is not a finite number >= 0, or the boundaries do not rise.
 * @example
 * const schedule = functional.schedules.steps([1, 0.5, 0.1], [10, 20]);
 * schedule(15); // 0.5
 */
export function steps(values: readonly number[], boundaries: readonly number[]): Schedule {
  checkBoundaries('steps', 'values', values, boundaries);
  for (const value of values) nonNegative('steps', 'values', value);
  return describe(
    'steps',
    {values: [...values], boundaries: [...boundaries]},
    (time) => values[sectionOf(time, boundaries)]!,
  );
}

/**
 * Rises from `from` at time 0 in equal steps, reaches the target's first value at time `duration`, and then follows the
 * target, whose own time begins there.
 *
 * @param target A schedule, or a number to stay at.
 * @param duration Steps, or epochs, of the rise.
 * @param from Where to begin; 0 by default, so that the first step of an optimizer only collects moments.
 * @throws If `target` is neither a function nor a finite number >= 0, `duration` is not a whole number >= 1, or `from` is not
 *   a finite number >= 0.
 * @example
 * const {cosine, warmUp} = functional.schedules;
 * optimizers.adam({learningRate: warmUp(cosine(1e-3, 0, 10_000), 500)}); // 500 steps up, then 10,000 down
 */
export function warmUp(target: number | Schedule, duration: number, from = 0): Schedule {
  const then = typeof target === 'number' ? constant(nonNegative('warmUp', 'target', target)) : target;
  checkSchedule('warmUp', 'target', then);
  wholeNumber('warmUp', 'duration', duration, 1);
  nonNegative('warmUp', 'from', from);
  const schedule = (time: number) =>
    time < duration ? from + (then(0) - from) * progress(time, duration) : then(time - duration);
  return describe('warmUp', {target: typeof target === 'number' ? target : then, duration, from}, schedule);
}

/**
 * One schedule after the other: `schedules[i]` until time `boundaries[i]`, the last for good. The time of each begins with it.
 *
 * @param schedules One more than boundaries.
 * @param boundaries Times, rising, at which the next schedule begins.
 * @throws If the lengths do not fit, a schedule is not a function, or the boundaries do not rise.
 * @example
 * const {constant, cosine, sequence} = functional.schedules;
 * const schedule = sequence([constant(1), cosine(1, 0.1, 10)], [5]); // 1 for five epochs, then down to 0.1
 */
export function sequence(schedules: readonly Schedule[], boundaries: readonly number[]): Schedule {
  checkBoundaries('sequence', 'schedules', schedules, boundaries);
  for (const schedule of schedules) checkSchedule('sequence', 'schedules', schedule);
  const schedule = (time: number) => {
    const section = sectionOf(time, boundaries);
    return schedules[section]!(section === 0 ? time : time - boundaries[section - 1]!);
  };
  return describe('sequence', {schedules: [...schedules], boundaries: [...boundaries]}, schedule);
}

/**
 * A schedule that begins again after every `period`, such as for warm restarts.
 *
 * @throws If `schedule` is not a function, or `period` not a whole number >= 1.
 * @example
 * const {linear, repeat} = functional.schedules;
 * repeat(linear(1, 0, 10), 10)(12); // 0.8
 */
export function repeat(schedule: Schedule, period: number): Schedule {
  checkSchedule('repeat', 'schedule', schedule);
  wholeNumber('repeat', 'period', period, 1);
  return describe('repeat', {schedule, period}, (time) => schedule(Math.max(0, time) % period));
}

/**
 * `factor` times another schedule.
 *
 * @throws If `schedule` is not a function, or `factor` not a finite number >= 0.
 * @example
 * const {linear, scale} = functional.schedules;
 * scale(linear(1, 0, 10), 0.5)(5); // 0.25
 */
export function scale(schedule: Schedule, factor: number): Schedule {
  checkSchedule('scale', 'schedule', schedule);
  nonNegative('scale', 'factor', factor);
  return describe('scale', {schedule, factor}, (time) => factor * schedule(time));
}

/** Each kind's function, and what its arguments are called in a description. */
const KINDS: Readonly<
  Record<string, {make: (...args: never[]) => Schedule; names: readonly string[]} | undefined>
> = {
  constant: {make: constant, names: ['value']},
  linear: {make: linear, names: ['from', 'to', 'duration']},
  exponential: {make: exponential, names: ['from', 'to', 'duration']},
  cosine: {make: cosine, names: ['from', 'to', 'duration']},
  step: {make: step, names: ['from', 'factor', 'every']},
  steps: {make: steps, names: ['values', 'boundaries']},
  warmUp: {make: warmUp, names: ['target', 'duration', 'from']},
  sequence: {make: sequence, names: ['schedules', 'boundaries']},
  repeat: {make: repeat, names: ['schedule', 'period']},
  scale: {make: scale, names: ['schedule', 'factor']},
};

/**
 * The schedule that a description was taken from, with the same values to the last bit.
 *
 * @throws If `description` is not one, or holds arguments that its schedule does not take.
 * @example
 * const {cosine, fromDescription} = functional.schedules;
 * fromDescription(JSON.parse(JSON.stringify(cosine(1, 0.1, 20).description)));
 */
export function fromDescription(description: ScheduleDescription): Schedule {
  if (!isDescription(description)) {
    throw invalid('fromDescription', 'description', "a schedule's description", description);
  }
  const kind = oneOf('fromDescription', 'kind', description.kind, Object.keys(KINDS));
  const {make, names} = KINDS[kind]!;
  const inner = (value: Described | undefined): unknown => {
    if (Array.isArray(value)) return value.map(inner);
    return isDescription(value) ? fromDescription(value) : value;
  };
  return make(...(names.map((name) => inner(description[name])) as never[]));
}

/**
 * Checks that an argument is a schedule.
 *
 * @throws Unless `schedule` is a function.
 * @example
 * functional.schedules.checkSchedule('myCallback', 'schedule', functional.schedules.constant(1));
 */
export function checkSchedule(owner: string, field: string, schedule: unknown): void {
  if (typeof schedule !== 'function') throw invalid(owner, field, 'a function of time', schedule);
}

function isDescription(value: unknown): value is ScheduleDescription {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

/** Adds a description to a schedule, unless one that it is made of has none. */
function describe(kind: string, args: Record<string, unknown>, schedule: (time: number) => number): Schedule {
  const undescribed = (value: unknown): boolean =>
    Array.isArray(value)
      ? value.some(undescribed)
      : typeof value === 'function' && (value as Schedule).description === undefined;
  if (Object.values(args).some(undescribed)) return schedule;
  const toJson = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(toJson);
    return typeof value === 'function' ? (value as Schedule).description : value;
  };
  const described = Object.entries(args).map(([name, value]) => [name, toJson(value)]);
  return Object.assign(schedule, {description: {kind, ...Object.fromEntries(described)}});
}

function ends(owner: string, from: number, to: number, duration: number): void {
  nonNegative(owner, 'from', from);
  nonNegative(owner, 'to', to);
  wholeNumber(owner, 'duration', duration, 1);
}

function checkBoundaries(
  owner: string,
  field: string,
  sections: readonly unknown[],
  boundaries: readonly number[],
): void {
  for (const [name, value] of Object.entries({[field]: sections, boundaries})) {
    if (!Array.isArray(value)) throw invalid(owner, name, 'an array', value);
  }
  if (sections.length !== boundaries.length + 1) {
    throw invalid(owner, field, `one longer than \`boundaries\` (${boundaries.length})`, sections.length);
  }
  boundaries.forEach((boundary, i) => {
    wholeNumber(owner, 'boundaries', boundary, i === 0 ? 0 : boundaries[i - 1]! + 1);
  });
}

/** How many of the boundaries are past. */
function sectionOf(time: number, boundaries: readonly number[]): number {
  return boundaries.filter((boundary) => time >= boundary).length;
}

/** Share of the duration that is past, 0 to 1. */
function progress(time: number, duration: number): number {
  return Math.min(Math.max(time / duration, 0), 1);
}
