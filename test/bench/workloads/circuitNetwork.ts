import {Circuit} from '../../../src/circuit/index.js';
import {fillUniform} from '../../../src/kernels/pcg4d.js';

/** Sizes of a random network of gates, as `circuitNetwork` builds it. */
export interface CircuitSizes {
  readonly features: number;
  readonly thresholds: number;
  readonly units: number;
  readonly layers: number;
  readonly groups: number;
  readonly samples: number;
}

/** The ten gates that really have two inputs: what simplifying can remove is only what no score reads. */
const GATES = [1, 2, 4, 6, 7, 8, 9, 11, 13, 14];

/** Layers of random gates with random connections, on bytes, and GroupSum: no gate is a constant, a wire or an inverter. */
export function circuitNetwork({features, thresholds, units, layers, groups}: CircuitSizes): Circuit {
  const uniform = fillUniform(new Float32Array(3 * layers * units), {seed: 1, stream: 1, step: 0});
  let next = 0;
  const random = (end: number) => Math.floor(uniform[next++]! * end);
  const bits = features * thresholds;
  const id: number[] = [];
  const inputs = {a: [] as number[], b: [] as number[]};
  let [first, width] = [0, bits];
  for (let layer = 0; layer < layers; layer++) {
    for (let unit = 0; unit < units; unit++) {
      const a = random(width);
      const b = (a + 1 + random(width - 1)) % width;
      id.push(GATES[random(GATES.length)]!);
      inputs.a.push(first + a);
      inputs.b.push(first + b);
    }
    first = bits + layer * units;
    width = units;
  }
  const size = units / groups;
  return new Circuit({
    featureType: 'uint8',
    featureNames: Array.from({length: features}, (_, i) => `x${i}`),
    bits: {
      feature: Int32Array.from({length: bits}, (_, i) => Math.floor(i / thresholds)),
      threshold: Float32Array.from({length: bits}, (_, i) =>
        thresholds === 1 ? 0 : Math.floor((255 * (1 + (i % thresholds))) / (thresholds + 1)),
      ),
    },
    gates: {id: Uint8Array.from(id), a: Int32Array.from(inputs.a), b: Int32Array.from(inputs.b)},
    scores: Array.from({length: groups}, (_, i) => ({
      name: `score${i}`,
      signals: Int32Array.from({length: size}, (_, k) => first + i * size + k),
      offset: 0,
    })),
    temperature: 1,
  });
}
