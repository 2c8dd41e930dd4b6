import {gateLayerTraffic, gateNetworkTraffic, gatePredictTraffic} from '../traffic.js';
import {type Row, workloadRow} from './Row.js';

const PEERS = [
  {file: 'gates16', as: '16 gates', threads: 1},
  {file: 'gates16', as: '16 gates', threads: 2},
  {file: 'gates4', as: '4 coefficients', threads: 1},
  {file: 'gates4', as: '4 coefficients', threads: 2},
];

/** difflogic's small CIFAR-10 network: three thresholds for 32 x 32 x 3 values, four layers. */
export const GATE_NETWORK = {inputs: 9216, units: 12_000, batch: 100, layers: 4, groups: 10};

const layerRow = (units: number): Row => {
  const sizes = {inputs: units, units, batch: 100};
  return workloadRow({
    name: `gates-${units}`,
    title: `Gate layer, ${units.toLocaleString('en')} units, batch 100: forward + backward`,
    workload: 'gateLayer',
    sizes,
    baselines: ['composed on wasm'],
    peers: PEERS,
    traffic: gateLayerTraffic(sizes),
  });
};

/** Logic gates: one layer forward and backward, a whole network's training step, and its `predict`. */
export const GATE_ROWS: readonly Row[] = [
  layerRow(12_000),
  layerRow(192_000),
  workloadRow({
    name: 'dln-step',
    title: 'DLN 9,216 bits, 4 x 12,000 gates, GroupSum 10, batch 100, Adam: trainOnBatch',
    workload: 'gateNetwork',
    sizes: GATE_NETWORK,
    baselines: ['composed on wasm'],
    peers: PEERS,
    traffic: gateNetworkTraffic(GATE_NETWORK),
  }),
  workloadRow({
    name: 'dln-predict',
    title: 'DLN, predict of one batch',
    workload: 'gateNetwork',
    variant: 'predict',
    sizes: GATE_NETWORK,
    baselines: ['composed on wasm'],
    peers: PEERS,
    traffic: gatePredictTraffic(GATE_NETWORK),
  }),
];
