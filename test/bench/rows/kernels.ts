import {type Row, workloadRow} from './Row.js';

const productRow = (rows: number): Row =>
  workloadRow({
    name: `matmul-${rows}-rows`,
    title: `Product of [${rows}, 1000] and one weight [1000, 1000], again and again`,
    workload: 'kernels',
    variant: 'repeatedWeight',
    sizes: {rows, inner: 1000, columns: 1000},
    baselines: ['composed on wasm'],
  });

/** Kernels that TensorFlow.js's wasm backend has too, and that must never be slower than its own. */
export const KERNEL_ROWS: readonly Row[] = [
  ...[1, 8, 16, 32, 128].map(productRow),
  workloadRow({
    name: 'matmul-new-weight',
    title: 'Product of [8, 1000] and a new weight [1000, 1000] each time, the making of the weight included',
    workload: 'kernels',
    variant: 'newWeight',
    sizes: {rows: 8, inner: 1000, columns: 1000},
    baselines: ['composed on wasm'],
  }),
  workloadRow({
    name: 'slice-column',
    title: 'Slice of [200000, 2] to one column',
    workload: 'kernels',
    variant: 'column',
    sizes: {rows: 1, inner: 200_000, columns: 2},
    baselines: ['composed on wasm'],
  }),
];
