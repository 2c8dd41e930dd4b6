import {add, mul, type Tensor} from '@tensorflow/tfjs-core';
import {defineOp} from '../Op.js';
import {columnsOf, type GateOperands, gateOperands, knownOr} from './gateOperands.js';

interface Inputs extends GateOperands {
  readonly x: Tensor;
  readonly coefficients: Tensor;
  readonly connections: Tensor;
}

/**
 * Every unit's gate c0 + c1 a + c2 b + c3 ab on its two inputs.
 *
 * Inputs: `x`, `[rows, inputs]`; `coefficients`, c0 to c3 of each unit, `[units, 4]`; `connections`, the indices of a and b
 * among the inputs, `[units, 2]`, `int32`. Output: `[rows, units]`. Kernels throw where a connection is not the index of an input.
 * Gradient: `logicGatesGradient`.
 */
export const logicGates = defineOp({
  kernelName: 'DiscreteLogicGates',
  integers: ['connections'],
  shape: ({x, connections}) => [x.shape[0]!, connections.shape[0]!],
  composed: ({x, coefficients, connections, ...operands}: Inputs) => {
    const {a, b} = knownOr(operands, () => gateOperands(x, connections));
    const [c0, c1, c2, c3] = columnsOf(coefficients) as [Tensor, Tensor, Tensor, Tensor];
    return add(add(c0, mul(c2, b)), mul(a, add(c1, mul(c3, b)))) as Tensor;
  },
});
