import {InvalidArgumentError} from 'commander';

/** Reads an option's value as a number; commander names the option and the value in the error. */
type Reader = (text: string) => number;

function numberThat(requirement: string, fits: (value: number) => boolean): Reader {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (Number.isFinite(value) && fits(value)) return value;
    throw new InvalidArgumentError(`It must be ${requirement}.`);
  };
}

export const whole = (least: number): Reader =>
  numberThat(`a whole number >= ${least}`, (value) => Number.isSafeInteger(value) && value >= least);

export const positive = numberThat('a finite number > 0', (value) => value > 0);

export const nonNegative = numberThat('a finite number >= 0', (value) => value >= 0);
