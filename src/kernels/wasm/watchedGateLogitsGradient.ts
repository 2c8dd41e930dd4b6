import type {TensorInfo} from '@tensorflow/tfjs-core';
import {offsetOf, type WasmBackend, withScratch} from '../../wasm/heap.js';
import {watchedGateLogitsGradient} from '../ops/watchedGateLogitsGradient.js';
import {SCRATCH_WORDS} from './gateLogitsGradient.js';
import {exportsOf} from './kernelModule.js';

export const watchedGateLogitsGradientOnWasm = watchedGateLogitsGradient.kernelOn<WasmBackend>(
  'wasm',
  (inputs, attributes, backend) => {
    const shapes = watchedGateLogitsGradient.shape(inputs, attributes);
    const outputs = shapes.map((shape) => backend.makeOutput(shape, 'float32'));
    const [dlogits, magnitude] = outputs as [TensorInfo, TensorInfo];
    withScratch(backend, SCRATCH_WORDS, (scratch) => {
      exportsOf(backend).gateLogitsGradient(
        offsetOf(backend, inputs.sums),
        offsetOf(backend, inputs.logits),
        offsetOf(backend, dlogits),
        dlogits.shape[0]!,
        attributes.temperature,
        scratch,
        offsetOf(backend, inputs.absoluteSums),
        offsetOf(backend, magnitude),
      );
    });
    return outputs;
  },
);
