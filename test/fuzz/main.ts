/**
 * Opens 5,000 mutated models and 1,500 mutated journals: each must be loaded as its files say or rejected with an error,
 * within ten seconds, and none may end the process.
 *
 *     npm run fuzz -- [models] [journals] [first number]
 */
import {fuzz} from './fuzz.js';

const [models = 5000, journals = 1500, first = 1] = process.argv.slice(2).map(Number);
const BLOCK = 250;

let failed = 0;
for (const [kind, count] of [
  ['models', models],
  ['journals', journals],
] as const) {
  let [loaded, rejected] = [0, 0];
  for (let done = 0; done < count; done += BLOCK) {
    const tally = await fuzz(kind, first + done, Math.min(BLOCK, count - done));
    loaded += tally.loaded;
    rejected += tally.rejected;
    failed += tally.failures.length;
    for (const failure of tally.failures) console.error(failure);
  }
  console.log(`${count} mutated ${kind}: ${loaded} loaded, ${rejected} rejected`);
}
console.log(`${failed} failures`);
process.exitCode = failed > 0 ? 1 : 0;
