/**
 * An ECMAScript module that runs a compiled circuit's `.wasm` file without TensorFlow.js and without this package.
 *
 * It exports `loadCircuit(source)`; `source` is the file's bytes, a `Response` (or a promise of either), or a
 * `WebAssembly.Module`. `evaluate` takes a `Float32Array`, or for a circuit of bytes a `Uint8Array`, of
 * `[samples, features]`, and returns scores, `[samples, scores]`.
 */
export const LOADER = `// Runs a circuit that tfjs-discrete compiled to WebAssembly. It needs nothing else.
//   const circuit = await loadCircuit(fetch('circuit.wasm'));
//   const scores = circuit.evaluate(features); // [samples, features] in, [samples, scores] out
export async function loadCircuit(source) {
  let module = await source;
  if (typeof module.arrayBuffer === 'function') module = await module.arrayBuffer();
  if (!(module instanceof WebAssembly.Module)) module = await WebAssembly.compile(module);
  const {memory, run} = (await WebAssembly.instantiate(module)).exports;
  const [, features, scores, block, size, input, output] = new Int32Array(memory.buffer, 0, 7);
  const Features = size === 1 ? Uint8Array : Float32Array;
  const x = new Features(memory.buffer, input, block * features);
  const y = new Float32Array(memory.buffer, output, block * scores);
  const evaluate = (batch) => {
    if (!(batch instanceof Features) || batch.length % features !== 0) {
      throw new TypeError(\`batch must be a \${Features.name} of rows of \${features} features\`);
    }
    const samples = batch.length / features;
    const out = new Float32Array(samples * scores);
    for (let start = 0; start < samples; start += block) {
      const count = Math.min(block, samples - start);
      x.set(batch.subarray(start * features, (start + count) * features));
      if (run(count) !== 0) {
        x.fill(0);
        throw new TypeError('batch must hold numbers, not NaN');
      }
      out.set(y.subarray(0, count * scores), start * scores);
    }
    return out;
  };
  return {features, scores, evaluate};
}
`;
