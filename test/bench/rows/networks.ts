import {densePredictTraffic, denseTraffic} from '../traffic.js';
import {type Row, workRow} from './Row.js';

const SBN = {widths: [784, 200, 200, 10], batch: 128};
const CATAE = {widths: [784, 512, 256, 32, 256, 512, 784], batch: 200};

/** The paper's two dense networks: a training step by itself, a step of `model.fit`, and `predict`. */
export const NETWORK_ROWS: readonly Row[] = [
  workRow({
    name: 'sbn-step',
    title: 'SBN 784-200-200-10, batch 128, Adam: trainOnBatch',
    work: 'sbn',
    against: ['composed on wasm', 'composed on cpu'],
    peers: [{file: 'sbn', threads: 1}],
    traffic: denseTraffic(SBN.widths, SBN.batch),
  }),
  workRow({
    name: 'sbn-2-threads',
    title: 'SBN step, products of matrices on two threads',
    work: 'sbn',
    form: 'ours, 2 threads',
    against: ['ours'],
    peers: [
      {file: 'sbn', threads: 1},
      {file: 'sbn', threads: 2},
    ],
    traffic: denseTraffic(SBN.widths, SBN.batch),
  }),
  workRow({
    name: 'sbn-fit',
    title: 'SBN, a step of fit with shuffled batches',
    work: 'sbn',
    variant: 'fit',
    against: ['composed on wasm'],
    peers: [{file: 'sbn', threads: 1}],
    traffic: denseTraffic(SBN.widths, SBN.batch),
  }),
  workRow({
    name: 'sbn-predict',
    title: 'SBN, predict of one batch',
    work: 'sbn',
    variant: 'predict',
    against: ['composed on wasm', 'composed on cpu'],
    peers: [{file: 'sbn', threads: 1}],
    traffic: densePredictTraffic(SBN.widths, SBN.batch),
  }),
  workRow({
    name: 'sbn-predict-all',
    title: 'SBN, predict of 2,560 pictures in batches of 32, the default',
    work: 'sbn',
    variant: 'predictAll',
    against: ['composed on wasm'],
    peers: [{file: 'sbn', threads: 1}],
    traffic: densePredictTraffic(SBN.widths, 20 * SBN.batch),
  }),
  workRow({
    name: 'catae-step',
    title: 'CatAE 784-512-256-32-256-512-784, batch 200, Adam: trainOnBatch',
    work: 'catae',
    against: ['composed on wasm', 'composed on cpu'],
    peers: [{file: 'catae', threads: 1}],
    traffic: denseTraffic(CATAE.widths, CATAE.batch),
  }),
  workRow({
    name: 'catae-2-threads',
    title: 'CatAE step, products of matrices on two threads',
    work: 'catae',
    form: 'ours, 2 threads',
    against: ['ours'],
    peers: [
      {file: 'catae', threads: 1},
      {file: 'catae', threads: 2},
    ],
    traffic: denseTraffic(CATAE.widths, CATAE.batch),
  }),
  workRow({
    name: 'catae-predict',
    title: 'CatAE, predict of one batch',
    work: 'catae',
    variant: 'predict',
    against: ['composed on wasm'],
    peers: [{file: 'catae', threads: 1}],
    traffic: densePredictTraffic(CATAE.widths, CATAE.batch),
  }),
];
