/**
 * One workload in TensorFlow.js as a program: `workload <implementation> <name> <sizes as JSON>`. It answers requests, one
 * JSON object per line; see `measuredProcess.ts`.
 */
import {createInterface} from 'node:readline';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import {engine, profile, setBackend} from '@tensorflow/tfjs-core';
import {registerKernels, unregisterKernels} from '../../../src/kernels/index.js';
import {setThreads} from '../../../src/node/threads/index.js';
import {widenVectors} from '../../../src/node/wideVectors.js';
import {installTrainingKernels} from '../../../src/wasm/index.js';
import type {Implementation} from '../programs.js';
import {catae} from './catae.js';
import {categorical} from './categorical.js';
import {circuit} from './circuit.js';
import {gateLayer} from './gateLayer.js';
import {gateNetwork} from './gateNetwork.js';
import {kernels} from './kernels.js';
import {sbn} from './sbn.js';
import {VECTORS} from './vectors.js';
import type {Workload} from './Workload.js';

const WORKLOADS: Readonly<Record<string, (sizes: never) => Workload>> = {
  sbn,
  catae,
  gateLayer,
  gateNetwork,
  categorical,
  circuit,
  kernels,
};

const [implementation, name, sizes] = process.argv.slice(2) as [Implementation, string, string];
const {fallback} = process.env[VECTORS] === '256' ? widenVectors() : {};
if (fallback !== undefined) throw new Error(`No 256-bit vectors: ${fallback}.`);
const native = implementation.endsWith('tfjs-node');
if (native) await import('../../native/loadNative.js');
await setBackend(native ? 'tensorflow' : implementation === 'composed on cpu' ? 'cpu' : 'wasm');
if (implementation.startsWith('composed')) {
  unregisterKernels();
} else {
  registerKernels();
  if (!native) installTrainingKernels();
  if (implementation === 'ours, 2 threads') await setThreads(2);
}
const residentBefore = process.memoryUsage.rss();
const {variants} = WORKLOADS[name]!(JSON.parse(sizes) as never);

say({ready: true});
for await (const line of createInterface({input: process.stdin})) {
  const request = JSON.parse(line) as {variant: string; steps: number; memory?: true};
  say(await (request.memory ? measureMemory(request.variant) : measureTime(request)));
}

async function measureTime({variant, steps}: {variant: string; steps: number}) {
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  const done = await variants[variant]!(steps);
  const {user, system} = process.cpuUsage(cpu);
  return {steps: done, wall: performance.now() - wall, cpu: (user + system) / 1000};
}

/** Peak memory in bytes: of tensors during one step, of the backend, and the growth of the process. */
async function measureMemory(variant: string) {
  const {peakBytes} = await profile(async () => {
    await variants[variant]!(1);
    return undefined as never;
  });
  const {wasm} = engine().backend as unknown as {wasm?: {HEAPU8: Uint8Array}};
  const resident = process.resourceUsage().maxRSS * 1024 - residentBefore;
  return {tensors: peakBytes, heap: wasm?.HEAPU8.byteLength, resident};
}

function say(answer: object): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
