import {logicGates} from '../ops/logicGates.js';
import {readersOf} from './readersOf.js';
import {int, runProgram} from './runProgram.js';
import type {WebGlBackend} from './WebGlBackend.js';

export const logicGatesOnWebGl = logicGates.kernelOn<WebGlBackend>(
  'webgl',
  ({x, coefficients, connections}, attributes, backend) => {
    readersOf(backend, x, connections); // checks them before they go to the device
    return runProgram(backend, {
      inputs: {x, coefficients, connections},
      uniforms: {inputs: int(x.shape[1]!), units: int(connections.shape[0]!)},
      shape: logicGates.shape({x, coefficients, connections}, attributes),
      main: `
        int row = index / units;
        int unit = index - row * units;
        float a = getX(row * inputs + int(getConnections(2 * unit)));
        float b = getX(row * inputs + int(getConnections(2 * unit + 1)));
        int c = 4 * unit;
        float constant = getCoefficients(c) + getCoefficients(c + 2) * b;
        return constant + a * (getCoefficients(c + 1) + getCoefficients(c + 3) * b);`,
    });
  },
);
