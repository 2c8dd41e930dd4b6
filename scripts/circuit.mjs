/*
 * Do exported circuits compute what the model predicts? Compiles random networks to C with gcc and simulates them in
 * Verilog with Icarus Verilog, bit for bit against model.predict; lets Yosys synthesize some and simulates what it made;
 * draws a digit on the example's page in Chromium; and reads 10,000 damaged JSON files.
 *
 *   npm run test:circuit
 *
 * Needs gcc, iverilog and chromium, as in `apt-get install gcc iverilog chromium`, and Yosys, which it installs from npm
 * into .cache. Where something is missing, the script says what, and fails if the environment has CI set.
 */
import {execFileSync} from 'node:child_process';
import {copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:http';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath, pathToFileURL} from 'node:url';
import '@tensorflow/tfjs-backend-cpu';
import {setBackend} from '@tensorflow/tfjs-core';
import {Circuit, checkEquivalence} from '../src/circuit/index.ts';
import {saveCircuit} from '../src/node/index.ts';
import {mutations} from '../test/circuit/mutations.ts';
import {predict, randomBatch, randomCircuit, randomModel} from '../test/circuit/support.ts';

const YOSYS = '0.55.944';
const NETWORKS = 100;
const BATCHES = [1, 127, 128, 129];
const MUTATIONS = 10_000;

const root = fileURLToPath(new URL('..', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'tfjs-discrete-circuits-'));
const counts = {passed: 0, failed: 0, missing: 0};

function missing(what) {
  counts.missing++;
  console.error(`test:circuit: NOT RUN: ${what}`);
}

function report(name, failures, details) {
  counts[failures === 0 ? 'passed' : 'failed']++;
  console.log(`${failures === 0 ? 'ok    ' : 'FAILED'} ${name}: ${details}`);
}

/** First line of a tool's version, or undefined where it is not installed. */
function versionOf(tool, flag) {
  try {
    return execFileSync(tool, [flag], {encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']}).split('\n')[0];
  } catch (error) {
    return error.code === 'ENOENT' ? undefined : `${error.stdout ?? ''}`.split('\n')[0];
  }
}

const run = (command, args) => execFileSync(command, args, {cwd: work, encoding: 'utf8', maxBuffer: 2 ** 28});

/** Reads samples from one file and writes scores to another. */
const DRIVER = (type) => `
#include <stdio.h>
#include <stdlib.h>
#include "circuit.c"
int main(int argc, char **argv) {
  if (argc != 4) return 2;
  const size_t samples = (size_t)strtoul(argv[1], NULL, 10);
  ${type} *x = malloc((samples * CIRCUIT_FEATURES + 1) * sizeof *x);
  float *y = malloc((samples * CIRCUIT_SCORES + 1) * sizeof *y);
  FILE *in = fopen(argv[2], "rb");
  if (x == NULL || y == NULL || in == NULL) return 3;
  if (fread(x, sizeof *x, samples * CIRCUIT_FEATURES, in) != samples * CIRCUIT_FEATURES) return 4;
  fclose(in);
  const int code = circuit_run(x, samples, y);
  if (code != 0) return 10 - code;
  FILE *out = fopen(argv[3], "wb");
  if (out == NULL) return 5;
  fwrite(y, sizeof *y, samples * CIRCUIT_SCORES, out);
  fclose(out);
  free(x);
  free(y);
  return 0;
}
`;

function compileC(circuit) {
  writeFileSync(join(work, 'circuit.c'), circuit.toC());
  writeFileSync(join(work, 'main.c'), DRIVER(circuit.featureType === 'uint8' ? 'uint8_t' : 'float'));
  run('gcc', ['-std=c99', '-O1', '-Wall', '-Wextra', '-pedantic', '-Werror', '-o', 'main', 'main.c']);
}

function runC(circuit, batch) {
  writeFileSync(join(work, 'in'), new Uint8Array(batch.buffer, batch.byteOffset, batch.byteLength));
  run('./main', [String(batch.length / circuit.features), 'in', 'out']);
  const bytes = readFileSync(join(work, 'out'));
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

/** Numbers that are not the same. */
const differences = (found, expected) =>
  found.length === expected.length
    ? found.reduce((sum, value, i) => sum + (Object.is(value, expected[i]) ? 0 : 1), 0)
    : Math.max(found.length, expected.length);

/** A circuit of bytes from that of a random network, and its samples, as bytes and as numbers. */
function asBytes(network, circuit, samples, seed) {
  const bits = circuit.bits.threshold.every((threshold) => threshold === 0.5);
  const divisor = bits ? 1 : 100;
  const batch = randomBatch(network, samples, seed);
  const bytes = Uint8Array.from(batch, (value, i) => (bits ? value : (i * 31 + seed) % 120));
  return {
    circuit: circuit.forBytes({divisor}),
    bytes,
    numbers: Float32Array.from(bytes, (byte) => byte / divisor),
  };
}

function checkC() {
  let wrong = 0;
  let compared = 0;
  for (let seed = 1; seed <= NETWORKS; seed++) {
    const network = randomModel(seed);
    const circuit = Circuit.fromModel(network.model);
    compileC(circuit);
    for (const samples of seed % 25 === 0 ? [...BATCHES, 10_000] : BATCHES) {
      const batch = randomBatch(network, samples, seed);
      wrong += differences(runC(circuit, batch), predict(network, batch));
      compared += samples;
    }
    if (seed % 5 === 0) {
      const {circuit: small, bytes, numbers} = asBytes(network, circuit, 200, seed);
      compileC(small);
      wrong += differences(runC(small, bytes), predict(network, numbers));
    }
    network.model.dispose();
  }
  report('C', wrong, `${NETWORKS} networks, ${compared} samples, ${wrong} scores differ from model.predict`);

  const circuit = randomCircuit(1);
  compileC(circuit);
  const bad = new Float32Array(circuit.features).fill(Number.NaN);
  let code = 0;
  try {
    runC(circuit, bad);
  } catch (error) {
    code = error.status;
  }
  report('C', code === 11 ? 0 : 1, 'a NaN is answered by -1');
}

/** Simulates modules with their test bench. @returns Whether all samples passed. */
function simulate(files, top) {
  run('iverilog', ['-g2005', '-Wall', '-o', 'simulation', '-s', top, ...files]);
  return run('vvp', ['simulation']);
}

function checkVerilog() {
  let wrong = 0;
  let compared = 0;
  for (let seed = 1; seed <= NETWORKS; seed++) {
    const network = randomModel(seed);
    const circuit = Circuit.fromModel(network.model);
    const batch = randomBatch(network, 129, seed);
    // The test bench expects what JavaScript computes, which has to be what the model predicts.
    wrong += differences(circuit.evaluate(batch), predict(network, batch));
    writeFileSync(join(work, 'circuit.v'), circuit.toVerilog({testBench: batch}));
    if (!simulate(['circuit.v'], 'circuit_test').includes('PASS 129 samples')) wrong++;
    compared += 129;
    if (seed % 5 === 0) {
      const {circuit: small, bytes, numbers} = asBytes(network, circuit, 50, seed);
      wrong += differences(small.evaluate(bytes), predict(network, numbers));
      writeFileSync(join(work, 'circuit.v'), small.toVerilog({testBench: bytes}));
      if (!simulate(['circuit.v'], 'circuit_test').includes('PASS 50 samples')) wrong++;
    }
    network.model.dispose();
  }
  report('Verilog', wrong, `${NETWORKS} networks, ${compared} samples, ${wrong} wrong in Icarus Verilog`);

  // A test bench that cannot fail would prove nothing.
  const circuit = randomCircuit(3);
  const bench = circuit.toVerilog({testBench: new Float32Array(circuit.features)});
  writeFileSync(join(work, 'circuit.v'), bench.replace(/expected = \{(\d+)'d\d+/, "expected = {$1'd0+1'd1"));
  const told = simulate(['circuit.v'], 'circuit_test');
  report(
    'Verilog',
    /FAIL 1 of 1|PASS/.test(told) && !told.includes('PASS') ? 0 : 1,
    'a wrong sample ends with FAIL',
  );
}

/** Yosys from npm, installed once into .cache. */
async function loadYosys() {
  const folder = join(root, '.cache/yosys');
  const entry = join(folder, 'node_modules/@yowasp/yosys/gen/bundle.js');
  if (!existsSync(entry)) {
    mkdirSync(folder, {recursive: true});
    writeFileSync(join(folder, 'package.json'), '{"name": "yosys-lane", "private": true}\n');
    const args = ['install', '--no-audit', '--no-fund', '--loglevel=error', `@yowasp/yosys@${YOSYS}`];
    execFileSync('npm', args, {cwd: folder, stdio: ['ignore', 'ignore', 'inherit']});
  }
  return import(pathToFileURL(entry).href);
}

async function checkYosys(simulates) {
  let yosys;
  try {
    yosys = await loadYosys();
  } catch (error) {
    missing(`Yosys could not be had from npm: ${error.message.split('\n')[0]}`);
    return;
  }
  let wrong = 0;
  const table = [];
  for (const seed of [1, 7, 22, 48, 75, 90]) {
    const network = randomModel(seed);
    const circuit = Circuit.fromModel(network.model);
    const batch = randomBatch(network, 129, seed);
    const verilog = circuit.toVerilog({testBench: batch});
    const [module, bench] = verilog.split('// Ends with PASS');
    const lines = [];
    const print = (bytes) => bytes !== null && lines.push(new TextDecoder().decode(bytes));
    const script = [
      'read_verilog circuit.v; hierarchy -check -top circuit; check -assert',
      'synth -flatten -top circuit; abc -g AND,OR,XOR,NAND,NOR,XNOR; opt_clean; check -assert',
      'stat; ltp; write_verilog -noattr out.v',
    ].join('; ');
    const files = await yosys.runYosys(['-p', script], {'circuit.v': module}, {stdout: print, stderr: print});
    const log = lines.join('');
    const last = (pattern) => [...log.matchAll(pattern)].at(-1)?.[1];
    const {report: ours} = circuit.simplify();
    table.push({
      network: seed,
      'gates before': ours.before.gates,
      'our gates': ours.after.gates,
      'our depth': ours.after.depth,
      "Yosys's cells, adders included": last(/Number of cells:\s+(\d+)|^\s+(\d+) cells/gm) ?? '?',
      "Yosys's longest path": last(/length=(\d+)/g) ?? '?',
    });
    if (simulates) {
      const decode = (text) => (typeof text === 'string' ? text : new TextDecoder().decode(text));
      writeFileSync(join(work, 'netlist.v'), `${decode(files['out.v'])}\n// ${bench}`);
      if (!simulate(['netlist.v'], 'circuit_test').includes('PASS 129 samples')) wrong++;
    }
    network.model.dispose();
  }
  console.table(table);
  const told = simulates ? 'synthesizes them, and the netlists pass the test benches' : 'synthesizes them';
  report('Yosys', wrong, `${table.length} networks: ${told}`);
}

function checkJson() {
  const text = JSON.stringify(randomCircuit(1, {gates: 20}));
  const outcomes = {rejected: 0, loaded: 0, wrong: 0};
  for (const mutation of mutations(text, MUTATIONS, 2)) {
    let circuit;
    try {
      circuit = Circuit.fromJSON(mutation);
    } catch (error) {
      if (/^Circuit\.fromJSON: `/.test(error.message)) outcomes.rejected++;
      else {
        outcomes.wrong++;
        console.error(error);
      }
      continue;
    }
    outcomes.loaded++;
    const scores = circuit.evaluate(new Array(2 * circuit.features).fill(0.5));
    const sound = scores.length === 2 * circuit.scores.length && scores.every(Number.isFinite);
    const {equal} = checkEquivalence(circuit, circuit.simplify().circuit, {vectors: 2048});
    if (!sound || !equal) outcomes.wrong++;
  }
  const {rejected, loaded, wrong} = outcomes;
  report(
    'JSON',
    wrong,
    `of ${MUTATIONS} damaged files ${rejected} rejected by name, ${loaded} read as other circuits, ${wrong} wrong`,
  );
}

/** The example's page in Chromium: a stroke is drawn, and the answer must be what JavaScript computes for the image seen. */
async function checkPage() {
  const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
  if (!existsSync(executablePath)) {
    missing(`the page: ${executablePath} is not there (apt-get install chromium, or set CHROMIUM_PATH)`);
    return;
  }
  const {chromium} = await import('playwright-core');
  const wide = randomCircuit(11, {features: 784, bits: 784, gates: 4000, scores: 10, temperature: 2});
  const circuit = wide.forBytes({divisor: 255});
  await saveCircuit(circuit, work, {files: ['json', 'wasm']});
  for (const file of ['index.html', 'page.js']) {
    copyFileSync(join(root, 'examples/circuit-page', file), join(work, file));
  }
  const script = 'text/javascript';
  const types = {
    html: 'text/html',
    js: script,
    mjs: script,
    json: 'application/json',
    wasm: 'application/wasm',
  };
  const server = createServer(({url}, response) => {
    const name = url === '/' ? 'index.html' : url.slice(1);
    const there = /^[\w.]+$/.test(name) && existsSync(join(work, name));
    response.writeHead(there ? 200 : 404, {'Content-Type': types[name.split('.').at(-1)] ?? 'text/plain'});
    response.end(there ? readFileSync(join(work, name)) : '');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch({executablePath, args: ['--no-sandbox']});
  try {
    const page = await browser.newPage();
    const errors = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    await page.waitForSelector('body[data-ready=true]', {timeout: 60_000});
    const {x, y} = await page.locator('#pad').boundingBox();
    await page.mouse.move(x + 90, y + 60);
    await page.mouse.down();
    for (const [right, down] of [
      [190, 60],
      [150, 140],
      [120, 230],
    ]) {
      await page.mouse.move(x + right, y + down, {steps: 5});
    }
    await page.mouse.up();
    const [answer, time, pixels, bars] = await page.evaluate(() => {
      const {data} = document.querySelector('#seen').getContext('2d').getImageData(0, 0, 28, 28);
      return [
        document.querySelector('#answer').textContent,
        document.querySelector('#time').textContent,
        [...data].filter((_, i) => i % 4 === 0),
        [...document.querySelectorAll('.bar')].map((bar) => bar.lastElementChild.textContent),
      ];
    });
    const scores = circuit.evaluate(Uint8Array.from(pixels));
    const expected = String(scores.indexOf(Math.max(...scores)));
    const same = bars.join() === Array.from(scores, (score) => score.toFixed(1)).join();
    const drawn = pixels.some((pixel) => pixel > 100);
    const right =
      drawn && same && answer === expected && /^\d+ microseconds/.test(time) && errors.length === 0;
    const told = `answers ${answer} with scores ${bars.join(' ')}, expected ${expected}; ${time}; ${errors.join('; ') || 'no errors'}`;
    report('page', right ? 0 : 1, told);
  } finally {
    await browser.close();
    server.close();
  }
}

await setBackend('cpu');
try {
  const gcc = versionOf('gcc', '--version');
  const icarus = versionOf('iverilog', '-V');
  console.log(`C: ${gcc ?? 'no gcc'}; Verilog: ${icarus ?? 'no Icarus Verilog'}; Yosys ${YOSYS} from npm`);
  if (gcc === undefined) missing('C: gcc is not installed (apt-get install gcc)');
  else checkC();
  if (icarus === undefined) missing('Verilog: iverilog is not installed (apt-get install iverilog)');
  else checkVerilog();
  await checkYosys(icarus !== undefined);
  await checkPage();
  checkJson();
} finally {
  rmSync(work, {recursive: true, force: true});
}
const {passed, failed, missing: left} = counts;
console.log(`test:circuit: ${passed} passed, ${failed} failed, ${left} not run`);
process.exitCode = failed > 0 || (left > 0 && process.env.CI) ? 1 : 0;
