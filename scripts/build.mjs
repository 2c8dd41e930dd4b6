/**
 * Compiles src into dist/esm and dist/cjs, each with its own types, marks the latter as CommonJS, and bundles a file for
 * script tags, which finds TensorFlow.js in the global `tf` and offers `tfjsDiscrete`.
 */
import {execFileSync} from 'node:child_process';
import {mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {build} from 'esbuild';

const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
const compile = (...args) => execFileSync(process.execPath, [compiler, ...args], {stdio: 'inherit'});

rmSync('dist', {recursive: true, force: true});
compile('-p', 'tsconfig.build.json');
compile(
  '-p',
  'tsconfig.build.json',
  '--outDir',
  'dist/cjs',
  '--module',
  'commonjs',
  '--moduleResolution',
  'bundler',
);
mkdirSync('dist/cjs', {recursive: true});
writeFileSync('dist/cjs/package.json', `${JSON.stringify({type: 'commonjs'})}\n`);

/** TensorFlow.js's own bundles for script tags all add to one global; the wasm backend's functions are in `tf.wasm`. */
const tensorflowFromGlobal = {
  name: 'tensorflow-from-global',
  setup({onResolve, onLoad}) {
    onResolve({filter: /^@tensorflow\/tfjs-/}, ({path}) => ({path, namespace: 'global'}));
    onLoad({filter: /.*/, namespace: 'global'}, ({path}) => ({
      contents: `module.exports = globalThis.tf${path.includes('-backend-') ? '.wasm ?? {}' : ''};`,
    }));
  },
};
await build({
  stdin: {
    contents: "export * from './dist/esm/index.js'; export * from './dist/esm/wasm/index.js';",
    resolveDir: process.cwd(),
  },
  outfile: 'dist/tfjs-discrete.min.js',
  bundle: true,
  minify: true,
  format: 'iife',
  globalName: 'tfjsDiscrete',
  platform: 'browser',
  target: 'es2022',
  plugins: [tensorflowFromGlobal],
  logLevel: 'error',
});
