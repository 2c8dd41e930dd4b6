import type {WasmBackend} from '../../wasm/heap.js';
import {addAbsoluteRows} from '../loops/addAbsoluteRows.js';
import {addRows} from '../loops/addRows.js';
import {bitModes} from '../loops/bitModes.js';
import {categoryModes} from '../loops/categoryModes.js';
import {containsNaN} from '../loops/containsNaN.js';
import {evaluateGates} from '../loops/evaluateGates.js';
import {gateLogitsGradients} from '../loops/gateLogitsGradients.js';
import {inputGradient} from '../loops/inputGradient.js';
import {productSums} from '../loops/productSums.js';
import {sampleBits} from '../loops/sampleBits.js';
import {sampleCategories} from '../loops/sampleCategories.js';
import {sampledCoefficients} from '../loops/sampledCoefficients.js';
import {sigmoidProducts} from '../loops/sigmoidProducts.js';
import {softmaxProducts} from '../loops/softmaxProducts.js';
import {sumOfSquares} from '../loops/sumOfSquares.js';
import {uniformsPerRow} from '../ops/sampleCategory.js';
import {fillUniformScrambled} from '../pcg4d.js';
import type {Exports} from './kernelModule.js';

/**
 * The module's routines in JavaScript, on the same memory by the same addresses: for builds of the wasm backend that do not show
 * their memory as WebAssembly (the threaded one), and engines that do not take the module.
 */
export function javascriptModule({wasm}: WasmBackend): Exports {
  const floats = (at: number, length: number) => new Float32Array(wasm.HEAPU8.buffer, at, length);
  const integers = (at: number, length: number) => new Int32Array(wasm.HEAPU8.buffer, at, length);
  return {
    fillUniform: (out, length, seed, stream, step) => {
      fillUniformScrambled(floats(out, length), {seed, stream, step});
    },
    sampleCategory: (logits, out, rows, categories, temperature, seed, stream, step) => {
      const numbers = new Float32Array(rows * uniformsPerRow(categories));
      const uniforms = fillUniformScrambled(numbers, {seed, stream, step});
      const size = rows * categories;
      sampleCategories(floats(logits, size), uniforms, floats(out, size), categories, temperature);
    },
    categoryMode: (logits, out, rows, categories) => {
      const size = rows * categories;
      categoryModes(floats(logits, size), floats(out, size), categories);
    },
    softmaxJacobianProduct: (dy, logits, out, rows, categories, temperature) => {
      const size = rows * categories;
      softmaxProducts(floats(dy, size), floats(logits, size), floats(out, size), categories, temperature);
    },
    sampleBinary: (logits, out, length, temperature, seed, stream, step) => {
      fillUniformScrambled(floats(out, length), {seed, stream, step});
      sampleBits(floats(logits, length), floats(out, length), temperature);
    },
    binaryMode: (logits, out, length) => {
      bitModes(floats(logits, length), floats(out, length));
    },
    sigmoidJacobianProduct: (dy, logits, out, length, temperature) => {
      sigmoidProducts(floats(dy, length), floats(logits, length), floats(out, length), temperature);
    },
    connectionsFit: (connections, length, inputs) => {
      const fits = (index: number) => index >= 0 && index < inputs;
      return integers(connections, length).every(fits) ? 1 : 0;
    },
    gates: (...[x, , , coefficients, connections, y, , , rows, inputs, units]) => {
      evaluateGates(
        floats(x, rows * inputs),
        floats(coefficients, 4 * units),
        integers(connections, 2 * units),
        floats(y, rows * units),
        {rows, inputs, units},
      );
      return 0;
    },
    gatesBackward: (
      ...[dyAt, xAt, , , coefficients, connectionsAt, dx, sums, absoluteSums, , rows, inputs, units, , factor]
    ) => {
      const sizes = {rows, inputs, units};
      const [dy, x] = [floats(dyAt, rows * units), floats(xAt, rows * inputs)];
      const connections = integers(connectionsAt, 2 * units);
      productSums(dy, x, connections, floats(sums, 4 * units), sizes);
      if (absoluteSums !== 0) {
        productSums(dy.map(Math.abs), x, connections, floats(absoluteSums, 4 * units), sizes);
      }
      if (dx === 0) return 0;
      const c = floats(coefficients, 4 * units);
      inputGradient(dy, x, c, connections, floats(dx, rows * inputs), factor, sizes);
      return 0;
    },
    sampleGates: (logits, out, units, temperature, _scratch, seed, stream, step) => {
      const uniforms = fillUniformScrambled(new Float32Array(units), {seed, stream, step});
      sampledCoefficients(floats(logits, 16 * units), uniforms, floats(out, 4 * units), temperature);
    },
    gateLogitsGradient: (sums, logits, out, units, temperature, _scratch, absoluteSums, magnitude) => {
      const watched = {absoluteSums: floats(absoluteSums, 4 * units), magnitude: floats(magnitude, units)};
      gateLogitsGradients(
        floats(sums, 4 * units),
        floats(logits, 16 * units),
        floats(out, 16 * units),
        temperature,
        absoluteSums === 0 ? undefined : watched,
      );
    },
    sumOfSquares: (x, length) => sumOfSquares(floats(x, length)),
    hasNaN: (x, out, length) => {
      floats(out, 1)[0] = containsNaN(floats(x, length)) ? 1 : 0;
    },
    sumRows: (x, out, rows, columns, bits, onto) => {
      const sums = floats(out, columns);
      if (onto === 0) sums.fill(0);
      else sums.set(floats(onto, columns));
      (bits === -1 ? addRows : addAbsoluteRows)(floats(x, rows * columns), sums);
    },
  };
}
