/** Text in columns: the first column to the left, numbers to the right. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Columns of text, aligned left; the rest are numbers. */
  readonly text: readonly number[];
}

/** For a console: columns two spaces apart. */
export function plainTable({head, rows, text}: Table): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]!.length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        text.includes(column) ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
      )
      .join('  ')
      .trimEnd();
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join('\n');
}

/** For a page of documentation. */
export function markdownTable({head, rows, text}: Table): string {
  const line = (row: readonly string[]) => `| ${row.join(' | ')} |`;
  const rule = head.map((_, column) => (text.includes(column) ? '---' : '---:'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

/** Three significant digits, never with an exponent: 0.0123, 1.23, 12.3, 123, 1,230. */
export function digits(value: number): string {
  if (value === 0) return '0';
  const fractionDigits = 2 - Math.floor(Math.log10(Math.abs(value)));
  return value.toLocaleString('en', {
    minimumFractionDigits: Math.min(20, Math.max(0, fractionDigits)),
    maximumFractionDigits: Math.min(20, Math.max(0, fractionDigits)),
  });
}
