import {type Tensor, tensor, util, type Variable, variable} from '@tensorflow/tfjs-core';
import {functional, optimizers} from 'tfjs-discrete';

/** What PyTorch's optimizers did: test/fixtures/optimizers.json, by the program beside it, which says how the problem is made. */
export interface Trajectories {
  /** The steps that are shown. */
  readonly steps: readonly number[];
  /** Of the variables. */
  readonly shapes: readonly number[][];
  readonly cases: readonly OptimizerCase[];
}

/** One optimizer, and all values of all variables at each of the steps. */
export interface OptimizerCase {
  readonly optimizer: keyof typeof optimizers;
  readonly options: Readonly<Record<string, unknown>>;
  readonly rows: readonly number[][];
}

/** Numbers from -1/2 to 1/2 in steps of 2^-15. */
function uniforms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 17) / 2 ** 15 - 0.5;
  };
}

const {cosine, warmUp} = functional.schedules;
const schedule = warmUp(cosine(4e-3, 1e-4, 600), 100);

/** The largest distance of a value from PyTorch's at each of the steps that are shown, up to step `last`. */
export async function distancesFromPyTorch(
  {steps, shapes}: Trajectories,
  {optimizer: name, options, rows}: OptimizerCase,
  last = steps.at(-1)!,
): Promise<number[]> {
  const optimizer = optimizers[name]({
    ...options,
    ...(options.learningRate === 'schedule' && {learningRate: schedule}),
  });
  const arrays = (source: () => number, scale = 1) =>
    shapes.map((shape) => Float32Array.from({length: util.sizeFromShape(shape)}, () => source() * scale));
  const initial = arrays(uniforms(1));
  const [goals, pulls, noise] = [arrays(uniforms(2)), arrays(uniforms(3), 4), uniforms(4)];
  const variables = initial.map((values, i): Variable => {
    const start = tensor(values, shapes[i]!);
    const made = variable(start);
    start.dispose();
    return made;
  });
  const read = () => Promise.all(variables.map((each) => each.data()));
  const distances: number[] = [];
  for (let step = 1; step <= last; step++) {
    const gradients = (await read()).map((current, i) => {
      const values = Float32Array.from(current as Float32Array, (value, j) => {
        const pulled = Math.fround(Math.abs(pulls[i]![j]!) * Math.fround(value - goals[i]![j]!));
        return pulled + noise();
      });
      return {name: variables[i]!.name, tensor: tensor(values, shapes[i]!) as Tensor};
    });
    optimizer.applyGradients(gradients);
    for (const {tensor: each} of gradients) each.dispose();
    const shown = steps.indexOf(step);
    if (shown < 0) continue;
    const restore = options.ema === undefined ? undefined : optimizer.useAverages();
    const values = (await read()).flatMap((each) => Array.from(each as Float32Array));
    distances.push(Math.max(...values.map((value, j) => Math.abs(value - rows[shown]![j]!))));
    restore?.();
  }
  for (const each of [optimizer, ...variables]) each.dispose();
  return distances;
}
