import {type Tensor, tensor, tidy} from '@tensorflow/tfjs-core';
import {logicGatesGradient} from '../../src/kernels/ops/logicGatesGradient.js';
import {gatesCase} from '../kernels/cases.js';
import {installKernels} from './installKernels.js';

const UNITS = [500, 1000, 2000, 4000, 8000];
const ROWS = 16;
const CALLS = 5;
/** Composed, more units than this take too long on WebGL. */
const MOST_COMPOSED = 4000;
const KEY = {seed: 1, stream: 2, step: 3};

/**
 * How the time of a gate layer's gradient grows with its units, on the current backend: the least of several calls, in ms, for
 * TensorFlow.js's operations and for this package's kernels.
 */
export async function measureGateGrowth(backendName: string, tell: (line: string) => void): Promise<void> {
  tell('| units | composed, ms | kernels, ms |');
  for (const units of UNITS) {
    const byKernels = await fastest(units);
    const kernels = installKernels(backendName);
    kernels.restore();
    const composed = units > MOST_COMPOSED ? undefined : await fastest(units);
    installKernels(backendName);
    tell(`| ${units} | ${composed?.toFixed(0) ?? ''} | ${byKernels.toFixed(0)} |`);
  }
}

/** Milliseconds of dL/dx and the gates' sums, down to the numbers in host memory. */
async function fastest(units: number): Promise<number> {
  const one = gatesCase({rows: ROWS, inputs: units, units, factor: 1}, true, KEY);
  const inputs = {
    dy: tensor(one.dy, [ROWS, units]),
    x: tensor(one.x, [ROWS, units]),
    coefficients: tensor(one.coefficients, [units, 4]),
    connections: tensor(one.connections, [units, 2], 'int32'),
  };
  let least = Number.POSITIVE_INFINITY;
  for (let call = 0; call <= CALLS; call++) {
    const start = performance.now();
    const gradients: Tensor[] = tidy(() =>
      logicGatesGradient(inputs, {gradientFactor: 1, wanted: ['dx', 'sums']}),
    );
    for (const gradient of gradients) {
      await gradient.data();
      gradient.dispose();
    }
    if (call > 0) least = Math.min(least, performance.now() - start); // the first compiles
  }
  for (const input of Object.values(inputs)) input.dispose();
  return least;
}
