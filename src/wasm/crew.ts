/** Neighbouring floats, `count` runs of `length`, `apart` floats from one run's begin to the next's. */
export interface Runs {
  /** Address in bytes. */
  readonly at: number;
  readonly count: number;
  readonly length: number;
  readonly apart: number;
}

/** Words that a routine works on; a member of a crew keeps them densely, on memory of its own. */
export interface Operand {
  readonly words: number;
  /** Where they come from; left out for what the routine itself fills. */
  readonly from?: Runs;
  /** Where they go to afterwards; left out for what the caller does not need. */
  readonly to?: Runs;
}

/** What a routine of an own module gets: numbers as they are, operands by address. */
export type Argument = number | Operand;

/** Threads that take over parts of large routines. */
export interface Crew {
  readonly size: number;
  /**
   * Has a member begin a routine.
   *
   * @param heap The backend's memory, which addresses mean. Operands are read before this returns.
   * @returns A function that waits for the member and writes what it found into `heap`, or answers false where
   *   the member is lost.
   */
  begin(
    member: number,
    heap: Float32Array,
    routine: string,
    args: readonly Argument[],
  ): (heap: Float32Array) => boolean;
}

let hired: Crew | undefined;

/** From now on `crew` takes part in large routines on the wasm backend; undefined ends it. */
export function hire(crew: Crew | undefined): void {
  hired = crew;
}

/** Who takes part in a routine of that many multiply-adds or so: nobody where it is not worth a thread's while. */
export function crewFor(work: number, least: number): Crew | undefined {
  return work >= least ? hired : undefined;
}

/** One run of words. */
export function run(at: number, length: number): Runs {
  return {at, count: 1, length, apart: length};
}
