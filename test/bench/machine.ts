import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {cpus, loadavg, totalmem} from 'node:os';
import {fileURLToPath} from 'node:url';
import {vectorWidth} from '../../src/wasm/vectors.js';
import {ENGINE, type Torch} from './programs.js';

/** The machine and the versions that figures come from. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly caches: string;
  readonly node: string;
  readonly tensorflowJs: string;
  readonly torch: string;
  readonly commit: string;
  readonly date: string;
}

export function describeMachine(torch: Torch | undefined): Machine {
  const manifest = new URL('../../node_modules/@tensorflow/tfjs-core/package.json', import.meta.url);
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    caches: cacheSizes(),
    node: [process.version, ...ENGINE, ...(vectorWidth() === 256 ? ['with 256-bit vectors'] : [])].join(' '),
    tensorflowJs: (JSON.parse(readFileSync(fileURLToPath(manifest), 'utf8')) as {version: string}).version,
    torch: torch?.version ?? 'not found',
    commit: commit(),
    date: new Date().toISOString().slice(0, 10),
  };
}

/** The load average: above the number of cores, wall-clock times say little. */
export const load = () => loadavg()[0]!;

function cacheSizes(): string {
  const level = (index: number) => {
    const folder = `/sys/devices/system/cpu/cpu0/cache/index${index}`;
    return `L${readFileSync(`${folder}/level`, 'utf8').trim()} ${readFileSync(`${folder}/size`, 'utf8').trim()}`;
  };
  try {
    return [0, 2, 3].map(level).join(', ');
  } catch {
    return 'unknown';
  }
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {encoding: 'utf8'}).trim();
  } catch {
    return 'unknown';
  }
}
