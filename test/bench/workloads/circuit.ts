import {type CircuitSizes, circuitNetwork} from './circuitNetwork.js';
import {repeat, type Workload} from './Workload.js';

/**
 * A batch of bytes through a random network of gates: `wasm` in the compiled module, `words` in one without SIMD,
 * `javascript` in plain JavaScript, `compile` for the module.
 */
export function circuit(sizes: CircuitSizes): Workload {
  const network = circuitNetwork(sizes);
  const {features, thresholds, samples} = sizes;
  const range = thresholds === 1 ? 2 : 256;
  const batch = Uint8Array.from({length: features * samples}, (_, i) => ((i * 2654435761) >>> 8) % range);
  const modules = {wasm: network.compile({simd: true}), words: network.compile({simd: false})};
  return {
    variants: {
      wasm: repeat(async () => (await modules.wasm).evaluate(batch)),
      words: repeat(async () => (await modules.words).evaluate(batch)),
      javascript: repeat(() => network.evaluate(batch)),
      compile: repeat(() => circuitNetwork(sizes).compile()),
    },
  };
}
