import {
  backend,
  getBackend,
  type Tensor,
  type TensorInfo,
  tensor,
  tidy,
  util,
  zeros,
} from '@tensorflow/tfjs-core';
import {describe, expect, it} from 'vitest';
import {WASM_KERNELS} from '../../src/kernels/wasm/index.js';
import {floatsOf, type WasmBackend} from '../../src/wasm/heap.js';
import {forGenerated, gatesCases, logitsCases} from './generated.js';

/** Floats that stand beyond the end of everything that a kernel may write. */
const GUARD = new Float32Array(4).fill(1234);

/** What the stand-in has given out since it was last emptied. */
const guarded: TensorInfo[] = [];
let standIn: WasmBackend | undefined;

/** The backend with guards behind its outputs and scratch memory; one for all, because it instantiates the module. */
function guardedBackend(heap: WasmBackend): WasmBackend {
  standIn ??= Object.create(heap, {
    makeOutput: {
      value: (shape: number[]) => {
        const output = heap.makeOutput([util.sizeFromShape(shape) + GUARD.length], 'float32');
        floatsOf(heap, output).set(GUARD, util.sizeFromShape(shape));
        guarded.push(output);
        return {...output, shape};
      },
    },
    disposeData: {value: () => true},
  }) as WasmBackend;
  return standIn;
}

/** Runs a kernel of the module, and checks whether it wrote beyond its outputs and its scratch memory. */
function expectWithinBounds(name: string, inputs: Record<string, Tensor>, attributes: object): void {
  const heap = backend() as WasmBackend;
  guarded.length = 0;
  const {kernelFunc} = WASM_KERNELS.find(({kernelName}) => kernelName === name)!;
  kernelFunc({inputs, attrs: attributes as never, backend: guardedBackend(heap)});
  expect(guarded.length).toBeGreaterThan(0);
  for (const output of guarded) {
    expect(floatsOf(heap, output).slice(-GUARD.length), name).toEqual(GUARD);
    heap.disposeData(output.dataId);
  }
}

describe.runIf(getBackend() === 'wasm')('the module writes nothing beyond its outputs', () => {
  const names = WASM_KERNELS.map(({kernelName}) => kernelName);

  it.each(names.filter((name) => !name.includes('Gate')))('%s', (name) => {
    forGenerated(logitsCases, ({shape, logits, dy, temperature, key}) =>
      tidy(() => {
        const matrix = [logits.length / shape.at(-1)!, shape.at(-1)!];
        const inputs = {logits: tensor(logits, shape), dy: tensor(dy, shape), x: tensor(logits, matrix)};
        expectWithinBounds(name, inputs, {shape, temperature, ...key});
      }),
    );
  });

  it.each(['DiscreteSampleGates', 'DiscreteGateLogitsGradient', 'DiscreteWatchedGateLogitsGradient'])(
    '%s',
    (name) => {
      for (const units of [1, 2, 3, 4, 5, 17]) {
        tidy(() => {
          const sums = zeros([units, 4]);
          const inputs = {logits: zeros([units, 16]), sums, absoluteSums: sums};
          const attributes = {temperature: 1, seed: units, stream: 2, step: 3};
          expectWithinBounds(name, inputs, attributes);
        });
      }
    },
  );

  it.each(names.filter((name) => name.includes('LogicGates')))('%s', (name) => {
    forGenerated(gatesCases, ({rows, inputs, units, ...values}) =>
      tidy(() => {
        const x = tensor(values.x, [rows, inputs]);
        const coefficients = tensor(values.coefficients, [units, 4]);
        const connections = tensor(values.connections, [units, 2], 'int32');
        const dy = tensor(values.dy, [rows, units]);
        const given = {x, coefficients, connections, dy};
        expectWithinBounds(name, given, {gradientFactor: 1, wanted: ['dx', 'sums']});
        expectWithinBounds(name, given, {gradientFactor: 1, wanted: ['sums', 'absoluteSums']});
        const bits = {
          ...given,
          x: tensor(values.x.map(Math.round), x.shape),
          coefficients: zeros([units, 4]),
        };
        expectWithinBounds(name, bits, {gradientFactor: 1, wanted: ['dx', 'sums']});
        expectWithinBounds(name, bits, {gradientFactor: 1, wanted: ['sums', 'absoluteSums']});
      }),
    );
  });
});
