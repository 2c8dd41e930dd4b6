/** Compiles src into dist/esm and dist/cjs, each with its own types, and marks the latter as CommonJS. */
import {execFileSync} from 'node:child_process';
import {mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';

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
