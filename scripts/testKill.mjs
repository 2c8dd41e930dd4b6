/*
 * Does a run that is killed at any moment, and resumed from its checkpoint, end as one that was never interrupted? Kills
 * training with SIGKILL 50 times at random moments on wasm and on cpu, at the same time, and compares weights, optimizer and History.
 *
 *   npm run test:kill
 *   npm run test:kill -- 200     # more kills
 */
import assert from 'node:assert/strict';
import {killRepeatedly} from '../test/callbacks/checkpoint/killRepeatedly.ts';

const kills = Number(process.argv[2] ?? 50);
await Promise.all(
  ['wasm', 'cpu'].map(async (backend) => {
    const {finished, uninterrupted, early, whileWriting} = await killRepeatedly(backend, kills);
    for (const run of finished) assert.equal(run, uninterrupted);
    console.log(
      `${backend}: ${kills} of ${kills} kills resumed bit for bit, in ${finished.length} runs; ` +
        `${early} before training, ${whileWriting} while a checkpoint was written`,
    );
  }),
);
