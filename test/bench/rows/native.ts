import {isBuilt} from '../../native/buildNative.js';
import {GATE_NETWORK} from './gates.js';
import {type Row, workloadRow} from './Row.js';

/** Only logic gates have kernels there. */
const WITH_AND_WITHOUT_KERNELS = ['tfjs-node', 'composed on tfjs-node'] as const;

/** Our wasm against native TensorFlow on the CPU; rows of a machine on which `npm run test:native` has built that. */
export const NATIVE_ROWS: readonly Row[] = isBuilt()
  ? [
      workloadRow({
        name: 'native-sbn',
        title: 'SBN step, against native TensorFlow on one thread',
        workload: 'sbn',
        baselines: ['tfjs-node'],
      }),
      workloadRow({
        name: 'native-catae',
        title: 'CatAE step, against native TensorFlow on one thread',
        workload: 'catae',
        baselines: ['tfjs-node'],
      }),
      workloadRow({
        name: 'native-gates',
        title: 'Gate layer, 12,000 units, against native TensorFlow on one thread',
        workload: 'gateLayer',
        baselines: WITH_AND_WITHOUT_KERNELS,
        sizes: {inputs: 12_000, units: 12_000, batch: 100},
      }),
      workloadRow({
        name: 'native-dln',
        title: 'DLN step, against native TensorFlow on one thread',
        workload: 'gateNetwork',
        baselines: WITH_AND_WITHOUT_KERNELS,
        sizes: GATE_NETWORK,
      }),
    ]
  : [];
