import {CIRCUIT_ROWS} from './circuits.js';
import {GATE_ROWS} from './gates.js';
import {KERNEL_ROWS} from './kernels.js';
import {MEMORY_ROWS} from './memory.js';
import {MONITOR_ROWS} from './monitors.js';
import {NATIVE_ROWS} from './native.js';
import {NETWORK_ROWS} from './networks.js';
import {PACKAGE_ROWS} from './package.js';
import type {Row} from './Row.js';

/** Every row, in the order of the table. */
export const ROWS: readonly Row[] = [
  ...NETWORK_ROWS,
  ...GATE_ROWS,
  ...CIRCUIT_ROWS,
  ...KERNEL_ROWS,
  ...MONITOR_ROWS,
  ...MEMORY_ROWS,
  ...PACKAGE_ROWS,
  ...NATIVE_ROWS,
];

export type {Bench, Row} from './Row.js';
