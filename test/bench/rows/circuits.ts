import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {gzipSync} from 'node:zlib';
import type {Circuit} from '../../../src/circuit/index.js';
import {compare, measureInTurns, type Result} from '../comparison.js';
import type {Program} from '../measuredProcess.js';
import {difflogicC} from '../peers/difflogicC.js';
import {CACHE, tensorflowJs} from '../programs.js';
import {ratios, summarize} from '../statistics.js';
import {type CircuitSizes, circuitNetwork} from '../workloads/circuitNetwork.js';
import type {Row} from './Row.js';

/** Six layers of 8,000 gates on bits, and a network about as large as one for MNIST is after simplifying. */
const LARGE: CircuitSizes = {features: 784, thresholds: 1, units: 8000, layers: 6, groups: 10, samples: 4096};
const MNIST: CircuitSizes = {features: 784, thresholds: 3, units: 3850, layers: 2, groups: 10, samples: 4096};

/** A program built by gcc, and how long that took. It is kept for later runs. */
function buildC(source: string, flags: readonly string[]): {file: string; seconds: number} | undefined {
  const key = createHash('sha256')
    .update(`${flags.join(' ')}\n${source}`)
    .digest('hex')
    .slice(0, 16);
  const file = `${CACHE}/circuit-${key}`;
  mkdirSync(CACHE, {recursive: true});
  if (!existsSync(`${file}.json`)) {
    writeFileSync(`${file}.c`, source);
    const start = performance.now();
    try {
      execFileSync('gcc', [...flags, '-o', file, `${file}.c`], {stdio: ['ignore', 'ignore', 'inherit']});
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    writeFileSync(`${file}.json`, JSON.stringify({seconds: (performance.now() - start) / 1000}));
  }
  const {seconds} = JSON.parse(readFileSync(`${file}.json`, 'utf8')) as {seconds: number};
  return {file, seconds};
}

const throughputRow = (name: string, title: string, sizes: CircuitSizes): Row => ({
  name,
  title: `${title}, ${sizes.samples.toLocaleString('en')} samples: bytes in, scores out`,
  async measure({effort}) {
    const network = circuitNetwork(sizes);
    const left = network.simplify().report.after.gates;
    const program = tensorflowJs('ours', 'circuit', sizes);
    const entries: {program: Program; variant: string; name: string}[] = [
      {program, variant: 'wasm', name: 'ours'},
      {program, variant: 'words', name: 'without SIMD'},
      {program, variant: 'javascript', name: 'plain JavaScript'},
    ];
    const built = buildC(difflogicC(network, sizes.samples), ['-O1', '-march=native']);
    if (built === undefined) console.log('No gcc: rows leave the C program out.');
    else {
      const baseline = `C as difflogic, gcc -O1, built in ${built.seconds.toFixed(0)} s`;
      entries.push({
        program: {name: baseline, command: built.file, args: []},
        variant: 'apply',
        name: baseline,
      });
    }
    const tracks = await measureInTurns(entries, effort);
    const named = tracks.map((track, i) => ({...track, name: entries[i]!.name}));
    return compare(name, `${this.title} (${left.toLocaleString('en')} gates after simplifying)`, named);
  },
});

/** Milliseconds until a module can run, against building the C program. */
const compileRow: Row = {
  name: 'circuit-compile',
  title: '6 x 8,000 gates: simplify, generate and compile',
  async measure({effort}) {
    const program = tensorflowJs('ours', 'circuit', LARGE);
    const [ours] = await measureInTurns([{program, variant: 'compile'}], effort);
    const built = buildC(difflogicC(circuitNetwork(LARGE), LARGE.samples), ['-O1', '-march=native']);
    if (built === undefined) return [];
    const theirs = ours!.times.map(() => 1000 * built.seconds);
    return compare(this.name, this.title, [ours!, {name: 'C as difflogic, gcc -O1', times: theirs}]);
  },
};

/** Kilobytes of a circuit's files. */
const sizeRow: Row = {
  name: 'circuit-size',
  title: 'Files of a circuit for MNIST',
  async measure() {
    const {circuit, report} = circuitNetwork(MNIST).simplify();
    const title = `${this.title} (${report.after.gates.toLocaleString('en')} gates)`;
    const files = await filesOf(circuit);
    const [[, first], ...others] = Object.entries(files) as [[string, number], ...[string, number][]];
    return others.map(
      ([baseline, bytes]): Result => ({
        row: this.name,
        title: `${title}: .wasm`,
        baseline,
        unit: 'kB',
        ours: summarize([first / 1000]),
        theirs: summarize([bytes / 1000]),
        ratio: ratios([bytes], [first]),
      }),
    );
  },
};

async function filesOf(circuit: Circuit): Promise<Record<string, number>> {
  const {wasm} = await circuit.compile({simd: true});
  return {
    '.wasm': wasm.length,
    '.wasm, gzipped': gzipSync(wasm, {level: 9}).length,
    JSON: JSON.stringify(circuit).length,
    C: circuit.toC().length,
  };
}

/** Circuits: throughput, compile time and file sizes, against difflogic's way of compiling through C. */
export const CIRCUIT_ROWS: readonly Row[] = [
  throughputRow('circuit-48000', '6 x 8,000 gates', LARGE),
  throughputRow('circuit-mnist', 'Gates for MNIST, 3 thresholds of 784 pixels', MNIST),
  compileRow,
  sizeRow,
];
