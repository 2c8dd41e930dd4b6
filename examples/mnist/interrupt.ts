import {setImmediate} from 'node:timers/promises';
import {Callback} from '@tensorflow/tfjs-layers';

/** npm and other launchers pass on a Ctrl-C that the terminal has sent to all of them: one press, two signals. */
const ONE_PRESS_MS = 500;

/** What a shell reports of a program that Ctrl-C ended. */
export const INTERRUPTED = 130;

/**
 * Turns the first Ctrl-C into "stop after this batch", and a second one into the end of the process.
 *
 * Training in wasm or JavaScript never waits, so the callback takes a breath after each batch in which the
 * signal can arrive.
 */
export class StopOnInterrupt extends Callback {
  interrupted = false;
  private pressed = 0;

  /** @param say Called once, at the first Ctrl-C. */
  constructor(private readonly say: () => void) {
    super();
    process.on('SIGINT', this.press);
  }

  private readonly press = () => {
    const now = Date.now();
    if (!this.interrupted) {
      this.interrupted = true;
      this.pressed = now;
      this.say();
    } else if (now - this.pressed > ONE_PRESS_MS) {
      process.exit(INTERRUPTED);
    }
  };

  override async onBatchEnd(): Promise<void> {
    await setImmediate();
    if (this.interrupted) this.model.stopTraining = true;
  }

  /** Gives Ctrl-C its usual meaning back, unless it was pressed: its second signal may come while files are saved. */
  release(): void {
    if (!this.interrupted) process.off('SIGINT', this.press);
  }
}
