/*
 * Does the package work in a real browser? Compiles it, bundles a page against its entry points, opens the page in
 * headless Chromium once for each backend, and compares what it computes with Node and with the cpu backend. Then it opens a
 * report on a phone's and a desk's width, in light and in dark.
 *
 *   npm run test:browser                # cpu, wasm, webgl and webgpu
 *   npm run test:browser -- webgl       # some of them
 *   npm run test:browser -- report      # the page of a report alone
 *
 * Needs Chromium, as in `apt-get install chromium`, or the path of one in CHROMIUM_PATH. GPUs are played by the
 * browser's software renderer. Where something is missing, the script says what, and fails if the environment has CI
 * set.
 */
import {execFileSync} from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import {createServer} from 'node:http';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {build} from 'esbuild';
import {computeExpected} from '../test/browser/computeExpected.ts';
import {writeReport} from '../test/browser/writeReport.ts';
import {checkReportPage} from './reportPage.mjs';
import {SOFTWARE_GPU} from './softwareGpu.mjs';

const BACKENDS = ['cpu', 'wasm', 'webgl', 'webgpu'];
/** Asks for the check of a report, like a backend's name. */
const REPORT = 'report';
const SECONDS_A_CHECK = 90;
const SECONDS_IN_ALL = 600;

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
const asked = process.argv.length > 2 ? process.argv.slice(2) : [...BACKENDS, REPORT];
const backends = asked.filter((one) => one !== REPORT);
const counts = {passed: 0, failed: 0, missing: 0};

/** Ends the script: quietly on a machine without a browser, as a failure where CI expects the check. */
function missing(what) {
  console.error(`test:browser: NOT RUN: ${what}`);
  process.exit(process.env.CI ? 1 : 0);
}

/** Compiles src as `npm run build` does, into a package of its own beside a copy of the page's sources. */
function assemble(work) {
  const installed = join(work, 'node_modules/tfjs-discrete');
  mkdirSync(installed, {recursive: true});
  copyFileSync(join(root, 'package.json'), join(installed, 'package.json'));
  const compiler = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
  const options = ['-p', join(root, 'tsconfig.build.json'), '--outDir', join(installed, 'dist/esm')];
  execFileSync(process.execPath, [compiler, ...options], {stdio: 'inherit'});
  for (const [folder, copy] of [
    ['browser', 'page'],
    ['support', 'support'],
  ]) {
    cpSync(join(root, 'test', folder), join(work, copy), {recursive: true});
  }
  // Without a name of its own, the page would be a part of this repository and get its dist.
  writeFileSync(join(work, 'package.json'), '{"name": "page", "private": true}\n');
}

/** @returns the page's script, bundled as a user's would be: through package.json's `exports` and `browser`. */
async function bundle(work) {
  const {outputFiles} = await build({
    entryPoints: [join(work, 'page/page.ts')],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    write: false,
    logLevel: 'error',
  });
  return outputFiles[0].contents;
}

/** Serves the page, its script, the wasm backend's files and the model that Node saved, on a free port. */
async function serve(script, modelFolder) {
  const wasmFolder = dirname(require.resolve('@tensorflow/tfjs-backend-wasm'));
  const page = '<!doctype html><title>tfjs-discrete</title><script type="module" src="/page.js"></script>';
  const answer = (path) => {
    const [, folder, file] = /^\/(wasm|model)\/([\w.-]+)$/.exec(path) ?? [];
    if (path === '/') return ['text/html', page];
    if (path === '/page.js') return ['text/javascript', script];
    const place = folder && join(folder === 'wasm' ? wasmFolder : modelFolder, file);
    if (!place || !existsSync(place)) return undefined;
    const types = {wasm: 'application/wasm', json: 'application/json'};
    return [types[file.split('.').at(-1)] ?? 'application/octet-stream', readFileSync(place)];
  };
  const server = createServer(({url}, response) => {
    const [type, body] = answer(new URL(url, 'http://page').pathname) ?? [];
    response.writeHead(type ? 200 : 404, {'Content-Type': type ?? 'text/plain'}).end(body ?? 'not here');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** @throws when `work` takes longer than a check may. */
async function inTime(work) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no answer within ${SECONDS_A_CHECK} s`)),
      1000 * SECONDS_A_CHECK,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function report(backend, name, passed, details) {
  counts[passed ? 'passed' : 'failed']++;
  console.log(`${passed ? 'ok    ' : 'FAILED'} ${backend}: ${name}: ${details}`);
}

/** Runs every check on one backend, in a page of its own. */
async function runBackend(browser, url, backend, expected) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('crash', () => errors.push('the page crashed'));
  await page.exposeFunction('nextDownload', async () => {
    const download = await page.waitForEvent('download');
    return {name: download.suggestedFilename(), bytes: [...readFileSync(await download.path())]};
  });
  let current = 'starts';
  try {
    await inTime(page.goto(url));
    const started = await inTime(page.evaluate((name) => window.lane.start(name), backend));
    if (started.missing) {
      counts.missing++;
      console.log(`NOT RUN: ${backend}: this browser does not have it: ${started.missing}`);
      return;
    }
    console.log(started.message);
    for (current of started.names) {
      const call = ([name, on, numbers]) => window.lane.run(name, on, numbers);
      const {passed, details} = await inTime(page.evaluate(call, [current, backend, expected]));
      const thrown = errors.splice(0).join('; ');
      report(backend, current, passed && thrown === '', thrown || details);
    }
  } catch (error) {
    report(backend, current, false, [error.message, ...errors].join('; '));
  } finally {
    await inTime(context.close()).catch(() => {});
  }
}

const {chromium} = await import('playwright-core').catch(() => missing('playwright-core is not installed'));
const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
if (!existsSync(executablePath))
  missing(`no Chromium at ${executablePath}: install it, or set CHROMIUM_PATH`);
const unknown = backends.filter((backend) => !BACKENDS.includes(backend));
if (unknown.length > 0) throw new Error(`no such backend: ${unknown}; there are ${BACKENDS}`);

mkdirSync(join(root, 'node_modules/.cache'), {recursive: true});
const work = mkdtempSync(join(root, 'node_modules/.cache/browser-'));
let browser;
let server;
const deadline = setTimeout(async () => {
  console.error(`test:browser: stopped after ${SECONDS_IN_ALL} s`);
  counts.failed++;
  await end();
}, 1000 * SECONDS_IN_ALL);

/** Each backend in a page of its own. */
async function runBackends() {
  assemble(work);
  const modelFolder = join(work, 'model');
  const [script, expected] = [await bundle(work), await computeExpected(modelFolder)];
  server = await serve(script, modelFolder);
  const url = `http://127.0.0.1:${server.address().port}/`;
  for (const backend of backends) await runBackend(browser, url, backend, expected);
}

/** Closes everything, counts up and leaves. */
async function end() {
  clearTimeout(deadline);
  await inTime(browser?.close()).catch(() => {});
  server?.close();
  rmSync(work, {recursive: true, force: true});
  const {passed, failed, missing} = counts;
  console.log(`${passed} passed, ${failed} failed${missing === 0 ? '' : `, ${missing} backends not run`}`);
  process.exit(failed > 0 || passed === 0 || (missing > 0 && process.env.CI) ? 1 : 0);
}

try {
  browser = await chromium.launch({executablePath, args: SOFTWARE_GPU, headless: true});
  console.log(`Chromium ${browser.version()}`);
  if (backends.length > 0) await runBackends();
  if (asked.includes(REPORT)) {
    const file = join(work, 'report.html');
    const history = await writeReport(file);
    await checkReportPage(browser, file, history, (...found) => report(REPORT, ...found));
  }
} catch (error) {
  console.error(error);
  counts.failed++;
}
await end();
