/*
 * Does a search over Redis lose or repeat a trial when workers, the search or Redis itself are killed? Starts a real
 * redis-server and real worker processes.
 *
 *   npm run test:redis
 *
 * Needs redis-server 6.2 or newer (Debian: apt-get install redis-server), in the PATH or named by REDIS_SERVER. Without
 * it the script says so, and fails if the environment has CI set.
 */
import {spawnSync} from 'node:child_process';
import {fileURLToPath} from 'node:url';

const command = process.env.REDIS_SERVER ?? 'redis-server';
const {status, stdout, error} = spawnSync(command, ['--version'], {encoding: 'utf8'});
if (status !== 0) {
  console.error(`test:redis: NOT RUN: ${command} is not installed (${error?.code ?? `exit code ${status}`})`);
  process.exit(process.env.CI ? 1 : 0);
}
console.log(stdout.trim());

const root = fileURLToPath(new URL('..', import.meta.url));
const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
const config = fileURLToPath(new URL('../test/search/redis/vitest.config.ts', import.meta.url));
const args = [vitest, 'run', '--config', config, ...process.argv.slice(2)];
// Ten minutes are several times what it takes.
const run = spawnSync(process.execPath, args, {cwd: root, stdio: 'inherit', timeout: 600_000});
process.exit(run.status ?? 1);
