import {execFileSync} from 'node:child_process';
import {readdirSync} from 'node:fs';
import {resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {gzipSync} from 'node:zlib';
import {build, type Plugin} from 'esbuild';
import {compare, type Result} from '../comparison.js';
import {CACHE} from '../programs.js';
import {ratios, summarize} from '../statistics.js';
import type {Row} from './Row.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const PEERS = ['@tensorflow/tfjs-core', '@tensorflow/tfjs-layers'];

/** Milliseconds until a fresh process has imported TensorFlow.js, with and without this package. */
const importTime: Row = {
  name: 'import',
  title: "Fresh process: import 'tfjs-discrete' on top of tfjs-core and tfjs-layers",
  async measure({effort}) {
    await compilePackage();
    const peers = PEERS.map((name) => `await import('${name}');`).join('');
    const programs = [
      {name: 'with', code: `${peers}await import('${CACHE}/package/index.js');`, times: [] as number[]},
      {name: 'tfjs-core and tfjs-layers alone', code: peers, times: [] as number[]},
    ];
    for (let round = -1; round < effort.rounds; round++) {
      for (const {code, times} of programs) {
        const clock = effort.clock === 'wall' ? 'performance.now()' : 'process.cpuUsage().user / 1e3';
        const out = execFileSync(
          process.execPath,
          ['--input-type=module', '-e', `${code}console.log(${clock})`],
          {cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']},
        );
        if (round >= 0) times.push(Number(out)); // the first round fills the disk's cache
      }
    }
    return compare(importTime.name, importTime.title, programs);
  },
};

/** Compiles the package file by file, as `npm run build` does, but without types. */
async function compilePackage(): Promise<void> {
  const sources = readdirSync(`${root}src`, {recursive: true, encoding: 'utf8'});
  await build({
    entryPoints: sources
      .filter((file) => /\.ts$/.test(file) && !/\.d\.ts$|assembly/.test(file))
      .map((file) => `${root}src/${file}`),
    outdir: `${CACHE}/package`,
    outbase: `${root}src`,
    format: 'esm',
    target: 'es2022',
  });
}

/** Gzipped kilobytes that an entry adds to a page whose bundler minifies, next to TensorFlow.js's own. */
const packageSize: Row = {
  name: 'size',
  title: 'Bundle for a page, minified and gzipped',
  async measure() {
    const peers = await gzipped(PEERS.map((name) => `export * from '${name}';`).join(''));
    const entries = ['index', 'wasm/index', 'registry/index'];
    const results = [];
    for (const entry of entries) {
      const ours = await gzipped(`export * from './src/${entry}.ts'`, ['@tensorflow/*']);
      const name = entry === 'index' ? 'tfjs-discrete' : `tfjs-discrete/${entry.replace('/index', '')}`;
      results.push(sizeFinding(name, ours, peers));
    }
    return results;
  },
};

function sizeFinding(entry: string, ours: number, peers: number): Result {
  return {
    row: packageSize.name,
    title: `${packageSize.title}: ${entry}`,
    baseline: 'tfjs-core and tfjs-layers',
    unit: 'kB',
    ours: summarize([ours]),
    theirs: summarize([peers]),
    ratio: ratios([peers], [ours]),
  };
}

async function gzipped(contents: string, external: string[] = []): Promise<number> {
  const {outputFiles} = await build({
    stdin: {contents, resolveDir: root, loader: 'ts'},
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    external: [...external, 'node:*'],
    write: false,
    logLevel: 'silent',
    plugins: [withoutFiles],
  });
  return gzipSync(outputFiles[0]!.contents, {level: 9}).length / 1000;
}

/** What package.json's `browser` field does for the compiled files. */
const withoutFiles: Plugin = {
  name: 'withoutFiles',
  setup(bundler) {
    bundler.onResolve(
      {filter: /\/(eventFile|progressView|reportFile|csvFile|openStore|startWorker)\.js$/},
      ({path, resolveDir}) => ({path: resolve(resolveDir, path.replace(/\.js$/, '.browser.ts'))}),
    );
  },
};

export const PACKAGE_ROWS: readonly Row[] = [importTime, packageSize];
