import {util} from '@tensorflow/tfjs-core';
import {gateReaders} from '../gateReaders.js';
import {logicGates} from '../ops/logicGates.js';
import {i32, runProgram} from './runProgram.js';
import type {WebGpuBackend} from './WebGpuBackend.js';

export const logicGatesOnWebGpu = logicGates.kernelOn<WebGpuBackend>(
  'webgpu',
  ({x, coefficients, connections}, attributes, backend) => {
    gateReaders(backend, x, connections, () => backend.tensorMap.get(connections.dataId).values);
    const shape = logicGates.shape({x, coefficients, connections}, attributes);
    const [output] = runProgram(backend, {
      name: 'LogicGates',
      inputs: {x, coefficients, connections},
      uniforms: {inputs: i32(x.shape[1]!), units: i32(connections.shape[0]!)},
      outputs: {result: shape},
      invocations: util.sizeFromShape(shape),
      main: `
        let row = index / uniforms.units;
        let unit = index - row * uniforms.units;
        let a = x[row * uniforms.inputs + connections[2 * unit]];
        let b = x[row * uniforms.inputs + connections[2 * unit + 1]];
        let c = 4 * unit;
        result[index] = coefficients[c] + coefficients[c + 2] * b + a * (coefficients[c + 1] + coefficients[c + 3] * b);`,
    });
    return output!;
  },
);
