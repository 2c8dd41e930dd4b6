/**
 * Do the recipes for browsers in docs/guide/browsers.md work as written? Installs the packed package into an empty project,
 * saves the page's files there, builds them with Vite, and opens each page in headless Chromium.
 *
 *   npm run test:recipes
 *
 * Needs Chromium, as in `apt-get install chromium`, or the path of one in CHROMIUM_PATH. Where it is missing, the script says
 * so, and fails if the environment has CI set.
 */
import {execFileSync} from 'node:child_process';
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:http';
import {tmpdir} from 'node:os';
import {extname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {chromium} from 'playwright-core';
import {build} from 'vite';

/** Each page, where it is served from, and what it ends with once it has trained and saved. */
const PAGES = [
  {name: 'Vite', folder: 'dist', path: 'index.html'},
  {name: 'Web Worker', folder: 'dist', path: 'worker.html'},
  {name: 'script tag', folder: '.', path: 'script.html'},
];
const ENDS_WITH = /accuracy (0\.\d\d|1\.00), saved$/;
const LOWEST_ACCURACY = 0.8;
const SECONDS_PER_PAGE = 120;
const TYPES = {'.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm'};
const FENCE = /^```(?:html|js)[^\n]*\[([\w.]+)\]\n([\s\S]*?)^```$/gm;

const root = fileURLToPath(new URL('..', import.meta.url));
const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
if (!existsSync(executablePath)) {
  console.error(`test:recipes: NOT RUN: no Chromium at ${executablePath}: install it, or set CHROMIUM_PATH`);
  process.exit(process.env.CI ? 1 : 0);
}

const project = mkdtempSync(join(tmpdir(), 'tfjs-discrete-recipes-'));
let browser;
let server;
let failed = 0;
try {
  install();
  const recipes = readFileSync(join(root, 'docs/guide/browsers.md'), 'utf8');
  for (const [, file, contents] of recipes.matchAll(FENCE)) writeFileSync(join(project, file), contents);
  await build({root: project, logLevel: 'warn', build: {chunkSizeWarningLimit: 5000}});
  browser = await chromium.launch({executablePath, headless: true});
  for (const page of PAGES) failed += (await open(page)) ? 0 : 1;
} finally {
  await browser?.close();
  server?.close();
  rmSync(project, {recursive: true, force: true});
}
console.log(`${PAGES.length - failed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);

/** Installs the packed package and what the recipes name. */
function install() {
  const {devDependencies, version} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const npm = (args, cwd) => execFileSync('npm', args, {cwd, stdio: ['ignore', 'ignore', 'inherit']});
  npm(['pack', '--pack-destination', project, '--silent'], root);
  writeFileSync(join(project, 'package.json'), '{"name": "page", "private": true, "type": "module"}\n');
  const peers = ['core', 'layers', 'backend-cpu', 'backend-wasm'].map((name) => {
    const full = `@tensorflow/tfjs-${name}`;
    return `${full}@${devDependencies[full]}`;
  });
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline'];
  npm(['install', ...quiet, `./tfjs-discrete-${version}.tgz`, ...peers], project);
}

/** Serves `folder` of the project on a free port. @returns its address. */
async function serve(folder) {
  server?.close();
  server = createServer(({url}, response) => {
    const file = join(project, folder, new URL(url, 'http://page').pathname);
    const found = existsSync(file);
    response.writeHead(found ? 200 : 404, {'Content-Type': TYPES[extname(file)] ?? 'text/plain'});
    response.end(found ? readFileSync(file) : 'not here');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${server.address().port}`;
}

/** Opens a page and waits until it has trained and saved. @returns whether it did. */
async function open({name, folder, path}) {
  const address = await serve(folder);
  const page = await browser.newPage();
  const complaints = [];
  page.on('pageerror', ({message}) => complaints.push(message));
  page.on('requestfailed', (request) => complaints.push(`${request.url()} failed`));
  page.on('response', (response) => {
    if (response.status() >= 400 && !response.url().endsWith('favicon.ico'))
      complaints.push(`${response.url()}: ${response.status()}`);
    if (!response.url().startsWith(address)) complaints.push(`${response.url()} is another host`);
  });
  await page.goto(`${address}/${path}`);
  const text = () => page.locator('#output').textContent();
  const deadline = Date.now() + 1000 * SECONDS_PER_PAGE;
  while (!ENDS_WITH.test(await text()) && complaints.length === 0 && Date.now() < deadline) {
    await page.waitForTimeout(100);
  }
  const output = await text();
  await page.close();
  const accuracy = Number(ENDS_WITH.exec(output)?.[1] ?? 0);
  const passed = accuracy >= LOWEST_ACCURACY && complaints.length === 0;
  console.log(
    `${passed ? 'ok    ' : 'FAILED'} ${name}: ${output}${complaints.map((one) => `; ${one}`).join('')}`,
  );
  return passed;
}
