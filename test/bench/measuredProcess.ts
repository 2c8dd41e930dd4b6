import {type ChildProcess, spawn} from 'node:child_process';
import {createInterface, type Interface} from 'node:readline';

/** How to start a program that answers requests, one JSON object per line, and what to call it in tables. */
export interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Default 1. */
  readonly threads?: number;
}

/** Asks for `steps` steps of one variant of the workload, such as `train` or `predict`. */
export interface RunRequest {
  readonly variant: string;
  readonly steps: number;
}

/** The steps done, which may be more than were asked for, and their duration in milliseconds. */
export interface RunAnswer extends Record<Clock, number> {
  readonly steps: number;
}

/**
 * Wall-clock time, or processor time divided by the number of threads, which stays comparable on a
 * busy machine. For several threads the latter is the time that perfectly shared work would take.
 */
export type Clock = 'wall' | 'cpu';

/**
 * A program that is measured in a process of its own, so that it shares neither compiler nor heap with the others. It runs
 * through all rounds, so that several programs can be measured in turns.
 */
export class MeasuredProcess {
  private waiting: {resolve: (line: string) => void; reject: (error: Error) => void} | undefined;
  private errorOutput = '';

  private constructor(
    readonly name: string,
    private readonly threads: number,
    private readonly child: ChildProcess,
    lines: Interface,
  ) {
    lines.on('line', (line) => this.settle(line));
    child.stderr!.on('data', (text: Buffer) => {
      this.errorOutput = `${this.errorOutput}${text}`.slice(-4000);
    });
    child.on('error', (error) => this.fail(error.message));
    child.on('exit', (code, signal) => this.fail(`ended with ${signal ?? `code ${code}`}`));
  }

  /** Starts the program and waits until it is ready. @throws With the end of its error output if it fails. */
  static async start({name, command, args, env, threads = 1}: Program): Promise<MeasuredProcess> {
    const child = spawn(command, args, {env: {...process.env, ...env}, stdio: ['pipe', 'pipe', 'pipe']});
    const started = new MeasuredProcess(name, threads, child, createInterface({input: child.stdout}));
    await started.nextLine();
    return started;
  }

  /** Milliseconds per step of `variant`, mean over at least `steps` steps. */
  async time(variant: string, steps: number, clock: Clock): Promise<number> {
    const answer = await this.ask<RunAnswer>({variant, steps});
    return answer[clock] / answer.steps / (clock === 'cpu' ? this.threads : 1);
  }

  /**
   * Warms up and returns how many steps fill a turn.
   *
   * @param turn Milliseconds that a turn should take.
   */
  async stepsFor(variant: string, turn: number): Promise<number> {
    let steps = 1;
    let cost = await this.time(variant, steps, 'wall');
    for (let warm = cost; warm < 4 * turn; warm += cost * steps) {
      steps = Math.max(1, Math.min(4 * steps, Math.round(turn / cost)));
      cost = await this.time(variant, steps, 'wall');
    }
    return Math.max(1, Math.round(turn / cost));
  }

  async ask<T>(request: object): Promise<T> {
    const answer = this.nextLine();
    this.child.stdin!.write(`${JSON.stringify(request)}\n`);
    return JSON.parse(await answer) as T;
  }

  /** Ends the program. */
  close(): void {
    this.child.removeAllListeners('exit');
    this.child.kill();
  }

  private nextLine(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.waiting = {resolve, reject};
      if (this.child.exitCode !== null) this.fail(`ended with code ${this.child.exitCode}`);
    });
  }

  private settle(line: string): void {
    this.waiting?.resolve(line);
    this.waiting = undefined;
  }

  private fail(reason: string): void {
    this.waiting?.reject(new Error(`${this.name} ${reason}.\n${this.errorOutput}`.trim()));
    this.waiting = undefined;
  }
}
