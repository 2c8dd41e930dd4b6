import {densePredictTraffic, denseTraffic} from '../traffic.js';
import {type Row, workloadRow} from './Row.js';

const SBN = {widths: [784, 200, 200, 10], batch: 128};
const CATAE = {widths: [784, 512, 256, 32, 256, 512, 784], batch: 200};

/** The paper's two dense networks: a training step by itself, a step of `model.fit`, and `predict`. */
export const NETWORK_ROWS: readonly Row[] = [
  workloadRow({
    name: 'sbn-step',
    title: 'SBN 784-200-200-10, batch 128, Adam: trainOnBatch',
    workload: 'sbn',
    baselines: ['composed on wasm', 'composed on cpu'],
    peers: [{file: 'sbn', threads: 1}],
    traffic: denseTraffic(SBN.widths, SBN.batch),
  }),
  workloadRow({
    name: 'sbn-2-threads',
    title: 'SBN step, matrix products on two threads',
    workload: 'sbn',
    implementation: 'ours, 2 threads',
    baselines: ['ours'],
    peers: [
      {file: 'sbn', threads: 1},
      {file: 'sbn', threads: 2},
    ],
    traffic: denseTraffic(SBN.widths, SBN.batch),
  }),
  workloadRow({
    name: 'sbn-fit',
    title: 'SBN, a step of fit with shuffled batches',
    workload: 'sbn',
    variant: 'fit',
    baselines: ['composed on wasm'],
    peers: [{file: 'sbn', threads: 1}],
    traffic: denseTraffic(SBN.widths, SBN.batch),
  }),
  workloadRow({
    name: 'sbn-predict',
    title: 'SBN, predict of one batch',
    workload: 'sbn',
    variant: 'predict',
    baselines: ['composed on wasm', 'composed on cpu'],
    peers: [{file: 'sbn', threads: 1}],
    traffic: densePredictTraffic(SBN.widths, SBN.batch),
  }),
  workloadRow({
    name: 'sbn-predict-all',
    title: 'SBN, predict of 2,560 images in batches of 32, the default',
    workload: 'sbn',
    variant: 'predictAll',
    baselines: ['composed on wasm'],
    peers: [{file: 'sbn', threads: 1}],
    traffic: densePredictTraffic(SBN.widths, 20 * SBN.batch),
  }),
  workloadRow({
    name: 'catae-step',
    title: 'CatAE 784-512-256-32-256-512-784, batch 200, Adam: trainOnBatch',
    workload: 'catae',
    baselines: ['composed on wasm', 'composed on cpu'],
    peers: [{file: 'catae', threads: 1}],
    traffic: denseTraffic(CATAE.widths, CATAE.batch),
  }),
  workloadRow({
    name: 'catae-2-threads',
    title: 'CatAE step, matrix products on two threads',
    workload: 'catae',
    implementation: 'ours, 2 threads',
    baselines: ['ours'],
    peers: [
      {file: 'catae', threads: 1},
      {file: 'catae', threads: 2},
    ],
    traffic: denseTraffic(CATAE.widths, CATAE.batch),
  }),
  workloadRow({
    name: 'catae-predict',
    title: 'CatAE, predict of one batch',
    workload: 'catae',
    variant: 'predict',
    baselines: ['composed on wasm'],
    peers: [{file: 'catae', threads: 1}],
    traffic: densePredictTraffic(CATAE.widths, CATAE.batch),
  }),
];
