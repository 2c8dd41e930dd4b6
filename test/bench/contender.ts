import {type ChildProcess, spawn} from 'node:child_process';
import {createInterface, type Interface} from 'node:readline';

/** How to start a program that answers requests, one JSON object a line, and how to call it in tables. */
export interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Default 1. */
  readonly threads?: number;
}

/** Asks for `steps` steps of one variant of the work, such as `train` or `predict`. */
export interface RunRequest {
  readonly variant: string;
  readonly steps: number;
}

/** Steps done, which may be more than asked for, and what they took, in milliseconds. */
export interface RunAnswer extends Record<Clock, number> {
  readonly steps: number;
}

/**
 * Time on the wall, or the processor's time divided by the number of threads, which stays comparable on a
 * busy machine. For several threads the latter is what they would take if they shared the work perfectly.
 */
export type Clock = 'wall' | 'cpu';

/**
 * A program under measurement: a process of its own, so that neither compiler nor heap knows of the others,
 * that lives through all rounds, so that measurements of several can take turns.
 */
export class Contender {
  private waiting: {resolve: (line: string) => void; reject: (error: Error) => void} | undefined;
  private complaints = '';

  private constructor(
    readonly name: string,
    private readonly threads: number,
    private readonly child: ChildProcess,
    lines: Interface,
  ) {
    lines.on('line', (line) => this.settle(line));
    child.stderr!.on('data', (text: Buffer) => {
      this.complaints = `${this.complaints}${text}`.slice(-4000);
    });
    child.on('error', (error) => this.fail(error.message));
    child.on('exit', (code, signal) => this.fail(`ended with ${signal ?? `code ${code}`}`));
  }

  /** Starts the program and waits until it is ready. @throws with its last words when it fails. */
  static async start({name, command, args, env, threads = 1}: Program): Promise<Contender> {
    const child = spawn(command, args, {env: {...process.env, ...env}, stdio: ['pipe', 'pipe', 'pipe']});
    const contender = new Contender(name, threads, child, createInterface({input: child.stdout}));
    await contender.nextLine();
    return contender;
  }

  /** Milliseconds a step of `variant`, mean over at least `steps` steps. */
  async time(variant: string, steps: number, clock: Clock): Promise<number> {
    const answer = await this.ask<RunAnswer>({variant, steps});
    return answer[clock] / answer.steps / (clock === 'cpu' ? this.threads : 1);
  }

  /**
   * Warms up and finds out how many steps fill a turn.
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
    this.waiting?.reject(new Error(`${this.name} ${reason}.\n${this.complaints}`.trim()));
    this.waiting = undefined;
  }
}
