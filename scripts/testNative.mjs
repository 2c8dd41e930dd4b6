/*
 * Does everything hold on native TensorFlow, too? Builds tfjs-node from npm and PyPI, runs the contracts of layers, functions,
 * callbacks and optimizers on it, saves and loads models across backends, has tf.node.tensorBoard write our keys, and compares
 * speeds.
 *
 *   npm run test:native
 *
 * Needs Linux, python3 with pip, g++ and 274 MB from PyPI; the build goes to node_modules/.cache and stays there. Where it
 * cannot be had, the script says what is missing, and fails if the environment has CI set.
 */
import {spawnSync} from 'node:child_process';
import {buildNative, Missing} from '../test/native/buildNative.ts';

try {
  buildNative();
} catch (error) {
  if (!(error instanceof Missing)) throw error;
  console.error(`test:native: NOT RUN: ${error.message}`);
  process.exit(process.env.CI ? 1 : 0);
}
run('node_modules/vitest/vitest.mjs', 'run', '--project', 'tensorflow');
run('--import', 'tsx', 'test/bench/main.ts', '--quick', '--rows', 'native', '--out', 'runs/native.json');

/** Runs Node, and ends with its status where that is not 0. */
function run(...args) {
  const {status} = spawnSync(process.execPath, args, {stdio: 'inherit'});
  if (status !== 0) process.exit(status ?? 1);
}
