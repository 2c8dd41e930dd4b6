/** A name is suggested where at most this share of its characters has to change. */
const LARGEST_CHANGE = 0.4;

/** What the papers and other libraries call things, and the names that they may have here. */
const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  tf: ['forwardTemperature', 'forward'],
  tb: ['backwardTemperature', 'backward'],
  forward: ['forwardTemperature'],
  backward: ['backwardTemperature'],
  tau: ['temperature'],
  lr: ['learningRate'],
  betas: ['beta1'],
};

/** The name most like `name`, whatever the case of letters; undefined where none is near. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  const synonym = Object.hasOwn(SYNONYMS, name) && SYNONYMS[name]!.find((one) => names.includes(one));
  if (synonym) return synonym;
  let nearest: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of names) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance >= least || distance > LARGEST_CHANGE * candidate.length) continue;
    nearest = candidate;
    least = distance;
  }
  return nearest;
}

/** How many characters have to be inserted, removed, replaced or swapped with their neighbour to turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  const rows = [Array.from({length: b.length + 1}, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        row[j] = Math.min(row[j]!, rows[i - 2]![j - 2]! + 1);
      }
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}
