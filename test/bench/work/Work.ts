/** Something to measure, built once: models, data and all are ready before the first step. */
export interface Work {
  /**
   * Each does at least the given number of steps and answers how many it did. A kernel of the backends here,
   * `wasm` and `cpu`, has done its work when it returns, so that nothing need be read to wait for it.
   */
  readonly variants: Readonly<Record<string, (steps: number) => Promise<number>>>;
}

/** A variant out of a function that does one step. */
export function repeat(step: () => Promise<unknown> | unknown): (steps: number) => Promise<number> {
  return async (steps) => {
    for (let done = 0; done < steps; done++) await step();
    return steps;
  };
}
