/**
 * Packs the package, installs the tarball into an empty project as a user would, follows every link of its README, and uses it
 * from ESM, CommonJS, TypeScript and a bundler. Prints the gzipped sizes that README quotes.
 */
import {execFileSync} from 'node:child_process';
import {cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join, relative} from 'node:path';
import {gzipSync} from 'node:zlib';
import {build} from 'esbuild';
import {publint} from 'publint';
import {formatMessage} from 'publint/utils';

const root = new URL('..', import.meta.url).pathname;
const {devDependencies, version} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const project = mkdtempSync(join(tmpdir(), 'tfjs-discrete-user-'));
const npm = (args, cwd) =>
  execFileSync('npm', args, {cwd, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8'});
const node = (...args) => execFileSync(process.execPath, args, {cwd: project, stdio: 'inherit'});

try {
  npm(['pack', '--pack-destination', project, '--silent'], root);
  const {messages, pkg} = await publint({pkgDir: root, level: 'warning', strict: true});
  for (const message of messages) console.error(formatMessage(message, pkg));
  if (messages.length > 0) throw new Error('publint objects to package.json');
  cpSync(join(root, 'test/package'), project, {recursive: true});
  writeFileSync(join(project, 'package.json'), '{"name": "user", "private": true}\n');
  const peers = ['tfjs-core', 'tfjs-layers', 'tfjs-backend-wasm', 'tfjs-backend-cpu'].map((name) => {
    const full = `@tensorflow/${name}`;
    return `${full}@${devDependencies[full]}`;
  });
  npm(
    ['install', '--no-audit', '--no-fund', '--prefer-offline', `./tfjs-discrete-${version}.tgz`, ...peers],
    project,
  );

  followLinks(join(project, 'node_modules/tfjs-discrete'));
  node('train.mjs');
  node('train.cjs');
  for (const [module, moduleResolution] of [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ]) {
    const flags = ['--module', module, '--moduleResolution', moduleResolution, '--target', 'es2022'];
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    node(tsc, '--noEmit', '--strict', '--skipLibCheck', '--types', '', ...flags, 'train.ts');
    console.log(`TypeScript (${moduleResolution}): types fit`);
  }
  await bundle();
  console.log('package: 6 passed, 0 failed');
} finally {
  rmSync(project, {recursive: true, force: true});
}

/** Whoever has the package alone can read what its README links to, and what those pages link to. @throws if a file is missing. */
function followLinks(installed) {
  const found = new Set([join(installed, 'README.md')]);
  for (const file of found) {
    if (!file.endsWith('.md')) continue;
    for (const [, link] of readFileSync(file, 'utf8').matchAll(/\]\(([^)\s#]+)[^)]*\)/g)) {
      if (/^https?:/.test(link)) continue;
      const target = join(dirname(file), link);
      if (!existsSync(target))
        throw new Error(`${relative(installed, file)} links to ${link}, which is not packed`);
      found.add(target);
    }
  }
  console.log(`README: ${found.size - 1} files behind its links, all packed`);
}

/** Bundles the first model and runs the bundle; then weighs the entries as a browser gets them. */
async function bundle() {
  const options = {absWorkingDir: project, bundle: true, minify: true, format: 'esm', logLevel: 'error'};
  await build({
    ...options,
    entryPoints: ['train.mjs'],
    outfile: join(project, 'bundled.mjs'),
    platform: 'node',
    mainFields: ['module', 'main'],
    banner: {js: "import {createRequire} from 'node:module';const require=createRequire(import.meta.url);"},
  });
  node('bundled.mjs');
  for (const entry of [
    'tfjs-discrete',
    'tfjs-discrete/circuit',
    'tfjs-discrete/wasm',
    'tfjs-discrete/webgpu',
    'tfjs-discrete/webgl',
    'tfjs-discrete/registry',
  ]) {
    const stdin = {contents: `export * from '${entry}'`, resolveDir: project};
    const chunks = {splitting: true, outdir: join(project, 'weighed'), metafile: true};
    const forBrowser = {stdin, external: ['@tensorflow/*'], platform: 'browser', write: false}; // no Node module
    const {outputFiles, metafile} = await build({...options, ...chunks, ...forBrowser});
    const loaded = loadedAtOnce(metafile.outputs);
    const bytes = outputFiles
      .filter(({path}) => loaded.has(relative(project, path)))
      .reduce((sum, {contents}) => sum + gzipSync(contents).length, 0);
    console.log(`${entry}: ${(bytes / 1024).toFixed(1)} KiB gzipped, peers left out`);
  }
}

/** The chunks that an entry needs when it is imported, without those that it imports later. */
function loadedAtOnce(outputs) {
  const entry = Object.keys(outputs).find((path) => path.endsWith('/stdin.js'));
  const found = new Set([entry]);
  for (const path of found) {
    for (const {path: next, kind} of outputs[path].imports)
      if (kind === 'import-statement' && next in outputs) found.add(next);
  }
  return found;
}
