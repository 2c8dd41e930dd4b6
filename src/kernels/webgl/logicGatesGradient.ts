import type {TensorInfo} from '@tensorflow/tfjs-core';
import type {Infos} from '../Op.js';
import {type GateGradient, gateGradientShape, logicGatesGradient} from '../ops/logicGatesGradient.js';
import {readersOf} from './readersOf.js';
import {float, int, runProgram} from './runProgram.js';
import type {WebGlBackend} from './WebGlBackend.js';

type Inputs = Infos<Parameters<typeof logicGatesGradient>[0]>;

/** One program for each gradient. dL/dx adds up over the units that read the input: linear in the units, in a fixed order. */
export const logicGatesGradientOnWebGl = logicGatesGradient.kernelOn<WebGlBackend>(
  'webgl',
  (inputs, {gradientFactor, wanted}, backend) => {
    const compute: Record<GateGradient, () => TensorInfo> = {
      dx: () => inputGradient(inputs, gradientFactor, backend),
      sums: () => productSums(inputs, 'value', backend),
      absoluteSums: () => productSums(inputs, 'abs(value)', backend),
    };
    return wanted.map((one) => compute[one]());
  },
);

/** dL/dx, `[rows, inputs]`, times `factor`. */
function inputGradient(inputs: Inputs, factor: number, backend: WebGlBackend): TensorInfo {
  const {dy, x, coefficients, connections} = inputs;
  return runProgram(backend, {
    inputs: {dy, x, coefficients, connections, readers: readersOf(backend, x, connections)},
    uniforms: {inputs: int(x.shape[1]!), units: int(connections.shape[0]!), factor: float(factor)},
    shape: gateGradientShape(inputs, 'dx'),
    main: `
      int row = index / inputs;
      int own = index - row * inputs;
      int end = int(getReaders(own + 1));
      float sum = 0.0;
      for (int i = int(getReaders(own)); i < end; i++) {
        int reader = int(getReaders(i));
        int unit = reader / 2;
        int c = 4 * unit;
        float other = getX(row * inputs + int(getConnections(reader ^ 1)));
        float slope = getCoefficients(c + 1 + (reader & 1)) + getCoefficients(c + 3) * other;
        sum += getDy(row * units + unit) * factor * slope;
      }
      return sum;`,
  });
}

/** Sums over rows of v, v a, v b and v ab, `[units, 4]`; v in terms of `value`, an element of dy. */
function productSums(inputs: Inputs, v: string, backend: WebGlBackend): TensorInfo {
  const {dy, x, connections} = inputs;
  return runProgram(backend, {
    inputs: {dy, x, connections},
    uniforms: {rows: int(x.shape[0]!), inputs: int(x.shape[1]!), units: int(connections.shape[0]!)},
    shape: gateGradientShape(inputs, 'sums'),
    main: `
      int unit = index / 4;
      bool withA = (index & 1) == 1;
      bool withB = (index & 2) == 2;
      int a = int(getConnections(2 * unit));
      int b = int(getConnections(2 * unit + 1));
      float sum = 0.0;
      for (int row = 0; row < rows; row++) {
        float value = getDy(row * units + unit);
        float factorA = withA ? getX(row * inputs + a) : 1.0;
        float factorB = withB ? getX(row * inputs + b) : 1.0;
        sum += ${v} * (factorA * factorB);
      }
      return sum;`,
  });
}
