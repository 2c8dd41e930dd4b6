import {type TensorInfo, util} from '@tensorflow/tfjs-core';
import {gateReaders} from '../gateReaders.js';
import type {Infos} from '../Op.js';
import {gateGradientShape, logicGatesGradient} from '../ops/logicGatesGradient.js';
import {f32, i32, runProgram} from './runProgram.js';
import type {WebGpuBackend} from './WebGpuBackend.js';

type Inputs = Infos<Parameters<typeof logicGatesGradient>[0]>;

/**
 * Two dispatches at most: one invocation per unit for `sums` and `absoluteSums`, one per input and row for dL/dx, which adds up
 * over the units that read the input in their order. So nothing depends on the order in which invocations run.
 */
export const logicGatesGradientOnWebGpu = logicGatesGradient.kernelOn<WebGpuBackend>(
  'webgpu',
  (inputs, {gradientFactor, wanted}, backend) => {
    const found: Partial<Record<(typeof wanted)[number], TensorInfo>> = {};
    if (wanted.includes('dx')) found.dx = inputGradient(inputs, gradientFactor, backend);
    const sums = wanted.filter((one) => one !== 'dx');
    productSums(inputs, sums, backend).forEach((info, i) => {
      found[sums[i]!] = info;
    });
    return wanted.map((one) => found[one]!);
  },
);

/** dL/dx, `[rows, inputs]`, times `factor`. */
function inputGradient(inputs: Inputs, factor: number, backend: WebGpuBackend): TensorInfo {
  const {dy, x, coefficients, connections} = inputs;
  const readers = gateReaders(
    backend,
    x,
    connections,
    () => backend.tensorMap.get(connections.dataId).values,
  );
  const shape = gateGradientShape(inputs, 'dx');
  const [output] = runProgram(backend, {
    name: readers === undefined ? 'InputGradientBySearch' : 'InputGradient',
    inputs: {dy, x, coefficients, connections, ...(readers && {readers})},
    uniforms: {inputs: i32(x.shape[1]!), units: i32(connections.shape[0]!), factor: f32(factor)},
    outputs: {result: shape},
    invocations: util.sizeFromShape(shape),
    declarations: `
      fn gradientThrough(reader : i32, row : i32) -> f32 {
        let unit = reader / 2;
        let other = x[row * uniforms.inputs + connections[reader ^ 1]];
        let c = 4 * unit;
        let slope = coefficients[c + 1 + (reader & 1)] + coefficients[c + 3] * other;
        return dy[row * uniforms.units + unit] * uniforms.factor * slope;
      }`,
    main: `
      let row = index / uniforms.inputs;
      let input = index - row * uniforms.inputs;
      var sum = 0.0;
      ${
        readers === undefined
          ? `for (var reader = 0; reader < 2 * uniforms.units; reader++) {
               if (connections[reader] == input) { sum += gradientThrough(reader, row); }
             }`
          : `for (var i = readers[input]; i < readers[input + 1]; i++) {
               sum += gradientThrough(readers[i], row);
             }`
      }
      result[index] = sum;`,
  });
  return output!;
}

/** Sums over rows of v, v a, v b and v ab, `[units, 4]` each: v is dy for `sums`, |dy| for `absoluteSums`. */
function productSums(
  inputs: Inputs,
  wanted: readonly ('sums' | 'absoluteSums')[],
  backend: WebGpuBackend,
): TensorInfo[] {
  if (wanted.length === 0) return [];
  const {dy, x, connections} = inputs;
  const [first, second] = wanted.map((one) => [one, gateGradientShape(inputs, one)] as const);
  const write = (one: string, to: string) => `
    for (var i = 0; i < 4; i++) { ${to}[4 * index + i] = ${one}[i]; }`;
  return runProgram(backend, {
    name: `ProductSums${wanted.join('And')}`,
    inputs: {dy, x, connections},
    uniforms: {rows: i32(x.shape[0]!), inputs: i32(x.shape[1]!), units: i32(connections.shape[0]!)},
    outputs: {result: first![1], ...(second && {second: second[1]})},
    invocations: connections.shape[0]!,
    main: `
      var sums = vec4<f32>(0.0);
      var absoluteSums = vec4<f32>(0.0);
      for (var row = 0; row < uniforms.rows; row++) {
        let a = x[row * uniforms.inputs + connections[2 * index]];
        let b = x[row * uniforms.inputs + connections[2 * index + 1]];
        let value = dy[row * uniforms.units + index];
        let products = vec4<f32>(1.0, a, b, a * b);
        sums += value * products;
        absoluteSums += abs(value) * products;
      }
      ${write(first![0], 'result')}
      ${second === undefined ? '' : write(second[0], 'second')}`,
  });
}
