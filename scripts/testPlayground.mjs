/**
 * Does the playground work as built? Builds it, serves it as plain files, and uses every control in headless Chromium:
 * training, sliders, tour, drawing, circuit, files, a closed tab. Checks accessibility with axe-core, at three widths and in
 * both themes. Prints load times, weight, frame times and how soon the network of gates passes 90 %; these are
 * figures, not conditions, because they are the machine's as much as the page's.
 *
 *   npm run test:playground
 *   npm run test:playground -- --screenshots runs/playground
 *
 * Needs Chromium, as in `apt-get install chromium`, or the path of one in CHROMIUM_PATH. Where it is missing, the script says
 * so, and fails if the environment has CI set.
 */
import {execFileSync} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {createRequire} from 'node:module';
import {loadavg, tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';
import {chromium} from 'playwright-core';
import {checks} from '../playground/test/checks.mjs';
import {serveFolder} from '../playground/test/serveFolder.mjs';
import {Visitor} from '../playground/test/Visitor.mjs';
import {buildPlayground, preparePlayground} from './playgroundTools.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const {screenshots, only = ''} = parseArgs({
  options: {screenshots: {type: 'string'}, only: {type: 'string'}},
}).values;
const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
if (!existsSync(executablePath)) {
  console.error(
    `test:playground: NOT RUN: no Chromium at ${executablePath}: install it, or set CHROMIUM_PATH`,
  );
  process.exit(process.env.CI ? 1 : 0);
}

preparePlayground();
const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
execFileSync(process.execPath, [compiler, '-p', 'playground'], {cwd: root, stdio: 'inherit'});
const dist = join(root, 'playground/dist');
await buildPlayground(dist);
if (screenshots !== undefined) mkdirSync(screenshots, {recursive: true});

const {address, close} = await serveFolder(dist);
let failed = 0;
let passed = 0;
const used = new Set();
for (const {title, check} of checks) {
  if (!only.split(',').some((part) => title.includes(part))) continue;
  const profile = mkdtempSync(join(tmpdir(), 'playground-'));
  const began = Date.now();
  const tabs = [];
  const visitors = [];
  /** A new tab; tabs of one check share cookies and storage, as one visitor's do. */
  const newVisitor = async (options = {}) => {
    const context = await chromium.launchPersistentContext(profile, {
      executablePath,
      headless: true,
      viewport: {width: 1280, height: 900},
      args: ['--no-sandbox'],
      permissions: ['clipboard-read', 'clipboard-write'],
      ...options,
    });
    tabs.push(context);
    const visitor = new Visitor(context.pages()[0] ?? (await context.newPage()), address);
    visitors.push(visitor);
    return visitor;
  };
  /** The same visitor opens another tab and keeps the first. */
  const beside = async ({page}) => {
    const visitor = new Visitor(await page.context().newPage(), address);
    visitors.push(visitor);
    return visitor;
  };
  /** The same visitor closes a tab and opens another. */
  const newTab = async (visitor) => {
    const opened = await beside(visitor);
    await visitor.page.close();
    return opened;
  };
  const figures = [];
  let fault;
  try {
    await check({
      newVisitor,
      newTab,
      beside,
      tell: (figure) => figures.push(figure),
      screenshots,
      dist,
      used,
    });
    const complaints = visitors.flatMap((visitor) => visitor.complaints);
    if (complaints.length > 0) fault = new Error(`the page complained: ${complaints.join('; ')}`);
  } catch (error) {
    fault = error;
  } finally {
    for (const visitor of visitors) for (const id of visitor.used) used.add(id);
    for (const context of tabs) await context.close().catch(() => {});
    rmSync(profile, {recursive: true, force: true, maxRetries: 5});
  }
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  if (fault === undefined) passed++;
  else failed++;
  console.log(`${fault === undefined ? 'ok    ' : 'FAILED'} ${title} (${seconds} s)`);
  for (const figure of figures) console.log(`         ${figure}`);
  if (fault !== undefined) console.log(`         ${fault.stack}`);
}
close();
console.log(`load ${loadavg()[0].toFixed(1)}; ${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
