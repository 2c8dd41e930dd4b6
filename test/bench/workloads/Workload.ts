/** Something to measure. Models and data are built before the first step. */
export interface Workload {
  /**
   * Each runs at least the given number of steps and returns how many it ran. Kernels of the backends here, `wasm` and
   * `cpu`, have finished when they return, so that nothing has to be read to wait for them.
   */
  readonly variants: Readonly<Record<string, (steps: number) => Promise<number>>>;
}

/** A variant that calls `step` once per step. */
export function repeat(step: () => Promise<unknown> | unknown): (steps: number) => Promise<number> {
  return async (steps) => {
    for (let done = 0; done < steps; done++) await step();
    return steps;
  };
}
