import {describe, expect, it} from 'vitest';
import {digits, markdownTable, plainTable} from './table.js';

const table = {
  head: ['row', 'ms'],
  rows: [
    ['sbn', '4.2'],
    ['catae', '12.0'],
  ],
  text: [0],
};

describe('table', () => {
  it('aligns text left and numbers right', () => {
    expect(plainTable(table)).toBe('row      ms\n-----  ----\nsbn     4.2\ncatae  12.0');
  });

  it('tells Markdown which columns hold numbers', () => {
    expect(markdownTable(table)).toBe('| row | ms |\n| --- | ---: |\n| sbn | 4.2 |\n| catae | 12.0 |');
  });

  it.each([
    [0, '0'],
    [0.01234, '0.0123'],
    [1.234, '1.23'],
    [12.34, '12.3'],
    [123.4, '123'],
    [1234, '1,234'],
    [-0.5, '-0.500'],
  ])('writes %f as %s', (value, text) => expect(digits(value)).toBe(text));
});
