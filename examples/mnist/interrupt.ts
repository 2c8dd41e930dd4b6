import {setImmediate} from 'node:timers/promises';
import {Callback} from '@tensorflow/tfjs-layers';

/** npm and other launchers pass on a Ctrl-C that the terminal has sent to all of them: one press, two signals. */
const ONE_PRESS_MS = 500;

/** How often an idle process notes that it has heard every signal so far. */
const HEARTBEAT_MS = 50;

/** What a shell reports of a program that Ctrl-C ended. */
export const INTERRUPTED = 130;

/**
 * Turns the first Ctrl-C into "stop after this batch", and a second one into the end of the process.
 *
 * Training in wasm or JavaScript never waits, so the callback pauses after each batch to let a signal arrive. A signal
 * may have arrived long before its handler runs; it counts as a second Ctrl-C only if it cannot have arrived with the
 * first one.
 */
export class StopOnInterrupt extends Callback {
  interrupted = false;
  /** Signals that arrived before this time have been handled. */
  private heardUntil = Date.now();
  private pressed = 0;
  private readonly heartbeat: NodeJS.Timeout;

  /** @param say Called once, at the first Ctrl-C. */
  constructor(private readonly say: () => void) {
    super();
    process.on('SIGINT', this.press);
    this.heartbeat = setInterval(() => void this.listen(), HEARTBEAT_MS).unref();
  }

  private readonly press = () => {
    if (!this.interrupted) {
      this.interrupted = true;
      this.pressed = Date.now();
      this.say();
    } else if (this.heardUntil - this.pressed > ONE_PRESS_MS) {
      process.exit(INTERRUPTED);
    }
  };

  /** Node handles signals between its timers and its immediates. */
  private async listen(): Promise<void> {
    const now = Date.now();
    await setImmediate();
    this.heardUntil = now;
  }

  override async onBatchEnd(): Promise<void> {
    await setImmediate();
    if (this.interrupted) this.model.stopTraining = true;
  }

  /** Restores what Ctrl-C usually does, unless it was pressed: its second signal may come while files are saved. */
  release(): void {
    if (this.interrupted) return;
    process.off('SIGINT', this.press);
    clearInterval(this.heartbeat);
  }
}
