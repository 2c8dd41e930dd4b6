import {offsetOf, type WasmBackend, withScratch} from '../../wasm/heap.js';
import {gateLogitsGradient} from '../ops/gateLogitsGradient.js';
import {exportsOf} from './kernelModule.js';

/** Words of scratch memory: the weights of four units, and what computes them. */
export const SCRATCH_WORDS = 128;

export const gateLogitsGradientOnWasm = gateLogitsGradient.kernelOn<WasmBackend>(
  'wasm',
  (inputs, attributes, backend) => {
    const output = backend.makeOutput(gateLogitsGradient.shape(inputs, attributes), 'float32');
    withScratch(backend, SCRATCH_WORDS, (scratch) => {
      exportsOf(backend).gateLogitsGradient(
        offsetOf(backend, inputs.sums),
        offsetOf(backend, inputs.logits),
        offsetOf(backend, output),
        output.shape[0]!,
        attributes.temperature,
        scratch,
        0,
        0,
      );
    });
    return output;
  },
);
