/** Lets training wait before each batch: to let messages in, while it is paused, and for as long as it is slowed down. */
export class Pace {
  /** Milliseconds to wait before each batch. */
  delay = 0;
  private running = true;
  private allowed = 0;
  private stopped = false;
  private wake: () => void = () => {};
  private readonly port: MessagePort;
  private arrive: () => void = () => {};

  /** @param onPause Called each time training begins to wait for `run` or `step`. */
  constructor(private readonly onPause: () => void) {
    const {port1, port2} = new MessageChannel();
    this.port = port1;
    port2.onmessage = () => this.arrive();
  }

  get isRunning(): boolean {
    return this.running;
  }

  run(): void {
    this.running = true;
    this.wake();
  }

  pause(): void {
    this.running = false;
    this.wake();
  }

  /** Lets one batch through. */
  step(): void {
    this.running = false;
    this.allowed++;
    this.wake();
  }

  /** Never waits again. */
  stop(): void {
    this.stopped = true;
    this.wake();
  }

  /** Resolves when the next batch may begin. */
  async turn(): Promise<void> {
    await this.letMessagesIn();
    if (this.running && this.delay > 0) await this.sleep(this.delay);
    if (!this.running && this.allowed === 0 && !this.stopped) this.onPause();
    while (!this.running && this.allowed === 0 && !this.stopped) await this.sleep(undefined);
    if (this.allowed > 0) this.allowed--;
  }

  /** Resolves once messages that have arrived were handled; timers would wait four milliseconds. */
  letMessagesIn(): Promise<void> {
    return new Promise((resolve) => {
      this.arrive = resolve;
      this.port.postMessage(undefined);
    });
  }

  /** Until woken, at most for `milliseconds`. */
  private sleep(milliseconds: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      const timer = milliseconds === undefined ? undefined : setTimeout(resolve, milliseconds);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
