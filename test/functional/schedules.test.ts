import {describe, expect, it} from 'vitest';
import {schedules} from '../../src/functional/index.js';

const {constant, linear, exponential, cosine, step, steps, warmUp, sequence, repeat, scale, fromDescription} =
  schedules;

describe('schedules', () => {
  it('constant', () => {
    expect([0, 1, 1e6].map(constant(0.7))).toEqual([0.7, 0.7, 0.7]);
    expect(constant(0)(3)).toBe(0);
  });

  it.each([
    ['linear', linear(2, 0.5, 10), [2, 1.7, 1.25, 0.5]],
    ['linear, upwards from 0', linear(0, 1, 10), [0, 0.2, 0.5, 1]],
    ['exponential', exponential(2, 0.5, 10), [2, 2 * 0.25 ** 0.2, 1, 0.5]],
    ['exponential, upwards', exponential(0.1, 10, 10), [0.1, 0.1 * 100 ** 0.2, 1, 10]],
    ['cosine', cosine(2, 0.5, 10), [2, 0.5 + 0.75 * (1 + Math.cos(Math.PI / 5)), 1.25, 0.5]],
  ])('%s: at both ends, between, before and after', (_, schedule, [start, fifth, middle, end]) => {
    expect(schedule(0)).toBe(start);
    expect(schedule(2)).toBeCloseTo(fifth!, 12);
    expect(schedule(5)).toBeCloseTo(middle!, 12);
    expect(schedule(10)).toBeCloseTo(end!, 12);
    expect(schedule(1000)).toBe(schedule(10));
    expect(schedule(-1)).toBe(start);
  });

  it('steps: a value holds until the epoch of its boundary', () => {
    const schedule = steps([1, 0.5, 0.1], [3, 5]);
    expect([0, 1, 2, 3, 4, 5, 6, 100].map(schedule)).toEqual([1, 1, 1, 0.5, 0.5, 0.1, 0.1, 0.1]);
    expect(steps([2], [])(9)).toBe(2);
    expect(steps([2, 1], [0])(0)).toBe(1);
  });

  it('step: multiplied by the factor at each multiple', () => {
    const halved = step(8, 0.5, 3);
    expect([-1, 0, 2, 3, 5, 6, 9].map(halved)).toEqual([8, 8, 8, 4, 4, 2, 1]);
  });

  it('warmUp: rises to the target in equal steps, and then follows it from its beginning', () => {
    expect([0, 1, 3, 4, 5, 100].map(warmUp(2, 4))).toEqual([0, 0.5, 1.5, 2, 2, 2]);
    const down = warmUp(linear(2, 0, 10), 4, 1);
    expect([-1, 0, 2, 4, 5, 9, 14, 20].map(down)).toEqual([1, 1, 1.5, 2, 1.8, 1, 0, 0]);
  });

  it('sequence: each schedule in its own time', () => {
    const schedule = sequence([constant(3), linear(2, 1, 2), constant(0.5)], [2, 6]);
    expect([0, 1, 2, 3, 4, 5, 6, 9].map(schedule)).toEqual([3, 3, 2, 1.5, 1, 1, 0.5, 0.5]);
  });

  it('repeat: begins again after each period', () => {
    expect([-1, 0, 1, 3, 4, 5].map(repeat(linear(1, 0, 4), 4))).toEqual([1, 1, 0.75, 0.25, 1, 0.75]);
  });

  it('scale: a multiple of another', () => {
    expect([0, 5, 10].map(scale(linear(2, 1, 10), 0.5))).toEqual([1, 0.75, 0.5]);
  });

  const nested = sequence([warmUp(cosine(1, 0.1, 7), 3), scale(repeat(step(2, 0.7, 2), 5), 0.3)], [11]);

  it.each([
    constant(0.7),
    linear(2, 0.5, 10),
    exponential(2, 0.5, 10),
    cosine(2, 0.5, 10),
    step(8, 0.5, 3),
    steps([1, 0.5, 0.1], [3, 5]),
    warmUp(2, 4, 0.5),
    nested,
  ])('comes back from its description as JSON, to the last bit: %#', (schedule) => {
    const returned = fromDescription(JSON.parse(JSON.stringify(schedule.description)));
    const times = Array.from({length: 30}, (_, time) => time);
    expect(times.map(returned)).toEqual(times.map(schedule));
    expect(returned.description).toEqual(schedule.description);
    expect(new Set(times.map(schedule)).size > 1 || schedule.description!.kind === 'constant').toBe(true);
  });

  it('has no description where it follows a function that has none', () => {
    const own = (time: number) => time;
    expect(scale(own, 2)(3)).toBe(6);
    for (const schedule of [scale(own, 2), warmUp(own, 2), sequence([constant(1), own], [1])]) {
      expect(schedule.description).toBeUndefined();
    }
  });

  it('names what a description lacks', () => {
    expect(() => fromDescription(3 as never)).toThrow(
      "fromDescription: `description` must be a schedule's description, got 3.",
    );
    expect(() => fromDescription({kind: 'wave'})).toThrow(
      /`kind` must be one of 'constant', .*, got "wave"\./,
    );
    expect(() => fromDescription({kind: 'linear', from: 1, to: 2})).toThrow(
      'linear: `duration` must be a whole number >= 1, got undefined.',
    );
  });

  it.each([
    [() => step(-1, 1, 1), 'step: `from` must be a finite number >= 0, got -1.'],
    [() => step(1, 0, 1), 'step: `factor` must be a finite number > 0, got 0.'],
    [() => step(1, 0.5, 0), 'step: `every` must be a whole number >= 1, got 0.'],
    [() => warmUp('1' as never, 3), 'warmUp: `target` must be a function of time, got "1".'],
    [() => warmUp(-1, 3), 'warmUp: `target` must be a finite number >= 0, got -1.'],
    [() => warmUp(1, 0), 'warmUp: `duration` must be a whole number >= 1, got 0.'],
    [() => warmUp(1, 2, -1), 'warmUp: `from` must be a finite number >= 0, got -1.'],
    [() => sequence([], []), 'sequence: `schedules` must be one longer than `boundaries` (0), got 0.'],
    [() => sequence([1 as never], []), 'sequence: `schedules` must be a function of time, got 1.'],
    [() => sequence({} as never, []), 'sequence: `schedules` must be an array, got {}.'],
    [() => repeat(constant(1), 0), 'repeat: `period` must be a whole number >= 1, got 0.'],
    [() => scale(constant(1), -1), 'scale: `factor` must be a finite number >= 0, got -1.'],
    [() => scale(1 as never, 1), 'scale: `schedule` must be a function of time, got 1.'],
    [() => constant(Number.NaN), 'constant: `value` must be a finite number >= 0, got NaN.'],
    [() => constant(-1), 'constant: `value` must be a finite number >= 0, got -1.'],
    [() => linear(-1, 1, 5), 'linear: `from` must be a finite number >= 0, got -1.'],
    [() => linear(1, Infinity, 5), 'linear: `to` must be a finite number >= 0, got Infinity.'],
    [() => linear(1, 2, 0), 'linear: `duration` must be a whole number >= 1, got 0.'],
    [() => cosine(1, 2, 2.5), 'cosine: `duration` must be a whole number >= 1, got 2.5.'],
    [() => cosine('1' as never, 2, 2), 'cosine: `from` must be a finite number >= 0, got "1".'],
    [() => exponential(0, 1, 5), 'exponential: `from` must be a finite number > 0, got 0.'],
    [() => exponential(1, 0, 5), 'exponential: `to` must be a finite number > 0, got 0.'],
    [() => steps([1, 2], []), 'steps: `values` must be one longer than `boundaries` (0), got 2.'],
    [() => steps([1, -2], [3]), 'steps: `values` must be a finite number >= 0, got -2.'],
    [() => steps([1, 2, 3], [3, 3]), 'steps: `boundaries` must be a whole number >= 4, got 3.'],
    [() => steps([1, 2], [-1]), 'steps: `boundaries` must be a whole number >= 0, got -1.'],
    [() => steps([1, 2], [1.5]), 'steps: `boundaries` must be a whole number >= 0, got 1.5.'],
  ])('rejects what it cannot follow: %#', (make, message) => {
    expect(make).toThrow(new Error(message));
  });
});
