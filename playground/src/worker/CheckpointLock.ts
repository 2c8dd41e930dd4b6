const NAME = 'tfjs-discrete-playground/checkpoints';

/**
 * Only one tab at a time writes checkpoints: the tab that holds this lock. The browser releases it when the tab is closed.
 * Browsers have locks on https and localhost alone; elsewhere every tab counts as the only one.
 */
export class CheckpointLock {
  private unlock: (() => void) | undefined;
  /** Settles when the browser has let go of the lock that this tab held last. */
  private released: Promise<unknown> = Promise.resolve();

  /**
   * @param milliseconds How long to wait for a tab that is just closing.
   * @returns Whether this tab holds the lock now; false if another tab does.
   */
  async acquire(milliseconds = 0): Promise<boolean> {
    if (this.unlock !== undefined || navigator.locks === undefined) return true;
    await this.released;
    const options = milliseconds > 0 ? {signal: AbortSignal.timeout(milliseconds)} : {ifAvailable: true};
    return new Promise((resolve, reject) => {
      const hold = (lock: Lock | null) => {
        if (lock === null) return resolve(false);
        const held = new Promise<void>((release) => {
          this.unlock = release;
        });
        resolve(true);
        return held;
      };
      this.released = navigator.locks.request(NAME, options, hold).catch((error: Error) => {
        if (error.name === 'TimeoutError' || error.name === 'AbortError') resolve(false);
        else reject(error);
      });
    });
  }

  release(): void {
    this.unlock?.();
    this.unlock = undefined;
  }
}
