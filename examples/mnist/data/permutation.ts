import {functional} from 'tfjs-discrete';

/** Keeps these random numbers apart from those of any layer. */
const STREAM = 0x0b5e55ed;

/**
 * The order in which epoch `epoch` visits `count` samples: Fisher and Yates' shuffle, a function of its
 * arguments alone, on every backend.
 *
 * @returns Each of 0 to count - 1 once.
 */
export function permutation(count: number, seed: number, epoch: number): Uint32Array {
  const uniform = functional.randomUniform([count], {seed, stream: STREAM, step: epoch});
  const uniforms = uniform.dataSync();
  uniform.dispose();
  const order = Uint32Array.from(uniforms, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(uniforms[last]! * (last + 1));
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}
