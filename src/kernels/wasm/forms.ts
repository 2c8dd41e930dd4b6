import type {TensorInfo} from '@tensorflow/tfjs-core';
import {floatsOf, offsetOf, type WasmBackend, withScratch} from '../../wasm/heap.js';
import {scrambleKey} from '../pcg4d.js';
import {lastOf} from '../typedArrays/forms.js';
import type {Form} from '../typedArrays/Host.js';
import {coefficientGradient, evaluateGates, gateGradients} from './gates.js';
import {addressOf, type Heap, type InOut, sizeOf} from './kernelModule.js';

/** Every kernel by the own module, by name. */
export const WASM_FORMS: Readonly<Record<string, Form<Heap>>> = {
  DiscreteRandomUniform: ({backend, exports}, _, {shape, ...key}) => {
    const {seed, stream, step} = scrambleKey(key);
    const output = backend.makeOutput(shape, 'float32');
    exports.fillUniform(offsetOf(backend, output), sizeOf(output), seed, stream, step);
    return output;
  },
  DiscreteDrawCategory: ({backend, exports}, {logits}, {temperature, ...key}) => {
    const {seed, stream, step} = scrambleKey(key);
    const {output, places, rows, categories} = like(backend, logits!);
    exports.drawCategory(...places, rows, categories, temperature, seed, stream, step);
    return output;
  },
  DiscreteMostLikelyCategory: ({backend, exports}, {logits}) => {
    const {output, places, rows, categories} = like(backend, logits!);
    exports.mostLikelyCategory(...places, rows, categories);
    return output;
  },
  DiscreteSoftmaxJacobianProduct: ({backend, exports}, {dy, logits}, {temperature}) => {
    const {output, places, rows, categories} = like(backend, logits!);
    exports.softmaxJacobianProduct(offsetOf(backend, dy!), ...places, rows, categories, temperature);
    return output;
  },
  DiscreteDrawBinary: ({backend, exports}, {logits}, {temperature, ...key}) => {
    const {seed, stream, step} = scrambleKey(key);
    const {output, places, length} = like(backend, logits!);
    exports.drawBinary(...places, length, temperature, seed, stream, step);
    return output;
  },
  DiscreteMostLikelyBinary: ({backend, exports}, {logits}) => {
    const {output, places, length} = like(backend, logits!);
    exports.mostLikelyBinary(...places, length);
    return output;
  },
  DiscreteSigmoidJacobianProduct: ({backend, exports}, {dy, logits}, {temperature}) => {
    const {output, places, length} = like(backend, logits!);
    exports.sigmoidJacobianProduct(offsetOf(backend, dy!), ...places, length, temperature);
    return output;
  },
  DiscreteDrawGates: ({backend, exports}, {logits}, {temperature, ...key}) => {
    const {seed, stream, step} = scrambleKey(key);
    const units = logits!.shape[0]!;
    const output = backend.makeOutput([units, 4], 'float32');
    withScratch(backend, 64, (scratch) => {
      const places: InOut = [offsetOf(backend, logits!), offsetOf(backend, output)];
      exports.drawGates(...places, units, temperature, scratch, seed, stream, step);
    });
    return output;
  },
  DiscreteGateLogitsGradient: (heap, {sums, logits, masses}, {temperature}) => {
    const {output, places} = like(heap.backend, logits!);
    const units = logits!.shape[0]!;
    const magnitude = masses && heap.backend.makeOutput([units], 'float32');
    const watch = [addressOf(heap, masses), addressOf(heap, magnitude)] as const;
    withScratch(heap.backend, 80, (scratch) => {
      const from = offsetOf(heap.backend, sums!);
      heap.exports.gateLogitsGradient(from, ...places, units, temperature, scratch, ...watch);
    });
    return magnitude === undefined ? output : [output, magnitude];
  },
  DiscreteLogicGates: evaluateGates,
  DiscreteLogicGatesCoefficientGradient: coefficientGradient,
  DiscreteLogicGatesGradients: gateGradients,
  DiscreteGlobalNorm: ({backend, exports}, {onto, ...tensors}) => {
    const output = backend.makeOutput([], 'float32');
    const squares = Object.values(tensors).map((x) => exports.sumOfSquares(offsetOf(backend, x), sizeOf(x)));
    const norm = Math.sqrt(squares.reduce((sum, square) => sum + square, 0));
    const former = onto === undefined ? 0 : floatsOf(backend, onto)[0]!; // first: bringing it here may detach a view
    floatsOf(backend, output)[0] = norm + former;
    return output;
  },
  DiscreteHoldsNaN: ({backend, exports}, {x}) => {
    const output = backend.makeOutput([], 'float32');
    exports.holdsNaN(offsetOf(backend, x!), offsetOf(backend, output), sizeOf(x!));
    return output;
  },
  DiscreteSumRows: (heap, {x, onto}) => sumRows(heap, x!, -1, onto),
  DiscreteSumAbsoluteRows: (heap, {x}) => sumRows(heap, x!, 0x7fffffff),
};

/** An output shaped like `logits`, and what the module needs to know of both. */
function like(backend: WasmBackend, logits: TensorInfo) {
  const output = backend.makeOutput(logits.shape, 'float32');
  const places: InOut = [offsetOf(backend, logits), offsetOf(backend, output)];
  const [length, categories] = [sizeOf(logits), lastOf(logits)];
  return {output, places, length, categories, rows: length === 0 ? 0 : length / categories};
}

function sumRows(heap: Heap, x: TensorInfo, bits: number, onto?: TensorInfo): TensorInfo {
  const [rows, columns] = x.shape as [number, number];
  const output = heap.backend.makeOutput([columns], 'float32');
  const [from, to] = [offsetOf(heap.backend, x), offsetOf(heap.backend, output)];
  heap.exports.sumRows(from, to, rows, columns, bits, addressOf(heap, onto));
  return output;
}
