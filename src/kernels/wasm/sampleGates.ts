import {offsetOf, type WasmBackend, withScratch} from '../../wasm/heap.js';
import {sampleGates} from '../ops/sampleGates.js';
import {scrambleKey} from '../pcg4d.js';
import {SCRATCH_WORDS} from './gateLogitsGradient.js';
import {exportsOf} from './kernelModule.js';

export const sampleGatesOnWasm = sampleGates.kernelOn<WasmBackend>('wasm', (inputs, attributes, backend) => {
  const {seed, stream, step} = scrambleKey(attributes);
  const output = backend.makeOutput(sampleGates.shape(inputs, attributes), 'float32');
  withScratch(backend, SCRATCH_WORDS, (scratch) => {
    exportsOf(backend).sampleGates(
      offsetOf(backend, inputs.logits),
      offsetOf(backend, output),
      output.shape[0]!,
      attributes.temperature,
      scratch,
      seed,
      stream,
      step,
    );
  });
  return output;
});
