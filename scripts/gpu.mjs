/*
 * Do this package's GPU kernels compute what cpu computes, and how much does a training step ask of the device? Runs the
 * checks of test/gpu on TensorFlow.js's WebGPU backend in Node, and on its WebGL and WebGPU backends in headless Chromium. A
 * software renderer plays the GPU: right or wrong and how often, but not how fast.
 *
 *   npm run test:gpu                         # node:webgpu and webgpu
 *   npm run test:gpu -- webgl                # some of them
 *   npm run test:gpu -- webgl --only logic   # checks whose name holds a word
 *   npm run test:gpu -- webgl --growth       # no checks: how a gate layer's gradient grows with its units
 *
 * Needs Chromium, as in `apt-get install chromium`, or the path of one in CHROMIUM_PATH. Where it is missing, the script says so, and fails
 * if the environment has CI set. Node's WebGPU is npm's package `webgpu`, which is fetched into a cache where it is not installed.
 */
import {execFileSync, spawn} from 'node:child_process';
import {existsSync} from 'node:fs';
import {createServer} from 'node:http';
import {createRequire} from 'node:module';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';
import {build} from 'esbuild';
import {SOFTWARE_GPU} from './softwareGpu.mjs';

const PLACES = ['node:webgpu', 'webgl', 'webgpu'];
const WEBGPU_PACKAGE = 'webgpu@0.6.2';
const SECONDS_IN_ALL = 900;

const root = fileURLToPath(new URL('..', import.meta.url));
const {values, positionals} = parseArgs({
  options: {only: {type: 'string', default: ''}, growth: {type: 'boolean', default: false}},
  allowPositionals: true,
});
const chosen = positionals.length > 0 ? positionals : PLACES;
const unknown = chosen.filter((place) => !PLACES.includes(place));
if (unknown.length > 0) throw new Error(`no such place: ${unknown}; there are ${PLACES}`);
if (values.growth && (positionals.length === 0 || chosen.includes('node:webgpu'))) {
  throw new Error('--growth measures in the browser: name webgl, webgpu or both');
}
const chromium = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
if (!existsSync(chromium)) {
  console.error(`test:gpu: NOT RUN: no Chromium at ${chromium}: install it, or set CHROMIUM_PATH`);
  process.exit(process.env.CI ? 1 : 0);
}
const counts = {passed: 0, failed: 0};

function report(place, {passed, name, details}) {
  counts[passed ? 'passed' : 'failed']++;
  console.log(`${passed ? 'ok    ' : 'FAILED'} ${place}: ${name}: ${details}`);
}

/** The path of npm's `webgpu`. */
function webGpuPackage() {
  const cache = join(root, 'node_modules/.cache/webgpu');
  const require = createRequire(join(root, 'package.json'));
  const paths = [root, cache];
  const find = () => require.resolve('webgpu', {paths});
  try {
    return find();
  } catch {
    const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
    execFileSync('npm', ['install', '--prefix', cache, '--no-save', ...quiet, WEBGPU_PACKAGE], {
      stdio: 'inherit',
    });
    return find();
  }
}

/** Runs the checks in a Node of its own, to which Chromium lends its software Vulkan. */
async function runInNode(place) {
  const files = '/usr/lib/chromium';
  const vulkan = join(files, 'vk_swiftshader_icd.json');
  const lent = existsSync(vulkan) ? {VK_ICD_FILENAMES: vulkan, LD_LIBRARY_PATH: files} : {};
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', 'test/gpu/inNode.ts', webGpuPackage(), values.only],
    {
      cwd: root,
      env: {...lent, ...process.env},
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    },
  );
  child.on('message', (result) => report(place, result));
  const code = await new Promise((resolve) => child.on('exit', resolve));
  if (code !== 0) report(place, {passed: false, name: 'ends', details: `exit code ${code}`});
}

/** A source file's variant for browsers, which package.json's field `browser` names for the built files. */
const browserVariants = {
  name: 'browser-variants',
  setup({onResolve}) {
    onResolve({filter: /^\.{1,2}\/.*\.js$/}, ({path, resolveDir}) => {
      const variant = join(resolveDir, path.replace(/\.js$/, '.browser.ts'));
      return existsSync(variant) ? {path: variant} : undefined;
    });
  },
};

async function serve() {
  const {outputFiles} = await build({
    entryPoints: [join(root, 'test/gpu/inBrowser.ts')],
    ...{bundle: true, format: 'esm', platform: 'browser', target: 'es2022', write: false, logLevel: 'error'},
    plugins: [browserVariants],
  });
  const page = '<!doctype html><title>tfjs-discrete</title><script type="module" src="/page.js"></script>';
  const server = createServer(({url}, response) => {
    const [type, body] =
      url === '/page.js' ? ['text/javascript', outputFiles[0].contents] : ['text/html', page];
    response.writeHead(200, {'Content-Type': type}).end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

async function runInBrowser(browser, url, place) {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.on('pageerror', ({message}) => report(place, {passed: false, name: 'the page', details: message}));
  await page.exposeFunction('tell', (result) => report(place, result));
  await page.goto(url);
  await page.waitForFunction(() => 'runChecks' in window);
  if (values.growth) {
    console.log(place);
    await page.exposeFunction('print', (line) => console.log(line));
    await page.evaluate((backend) => window.measureGrowth(backend, window.print), place);
  } else {
    await page.evaluate(
      ([backend, only]) => window.runChecks(backend, window.tell, only),
      [place, values.only],
    );
  }
  await context.close();
}

let server;
let browser;
const deadline = setTimeout(async () => {
  console.error(`test:gpu: stopped after ${SECONDS_IN_ALL} s`);
  counts.failed++;
  await end();
}, 1000 * SECONDS_IN_ALL);

async function end() {
  clearTimeout(deadline);
  await browser?.close().catch(() => {});
  server?.close();
  if (!values.growth) console.log(`${counts.passed} passed, ${counts.failed} failed`);
  process.exit(counts.failed > 0 || (counts.passed === 0 && !values.growth) ? 1 : 0);
}

try {
  for (const place of chosen) {
    if (place.startsWith('node:')) {
      await runInNode(place);
      continue;
    }
    server ??= await serve();
    browser ??= await (await import('playwright-core')).chromium.launch({
      executablePath: chromium,
      args: SOFTWARE_GPU,
      headless: true,
    });
    await runInBrowser(browser, `http://127.0.0.1:${server.address().port}/`, place);
  }
} catch (error) {
  console.error(error);
  counts.failed++;
}
await end();
