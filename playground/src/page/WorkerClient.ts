import type {Ask, Command, Event, RequestName, Requests} from '../messages.js';

interface Waiting {
  readonly resolve: (reply: never) => void;
  readonly reject: (error: Error) => void;
}

/** The page's end of the line to the worker. */
export class WorkerClient {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private asked = 0;

  /** @param onEvent Gets everything but answers. */
  constructor(onEvent: (event: Event) => void) {
    this.worker = new Worker(new URL('../worker/worker.ts', import.meta.url), {type: 'module'});
    this.worker.onmessage = ({data}: MessageEvent<Event>) => {
      if (data.type === 'answer') this.settle(data.id)?.resolve(data.reply as never);
      else if (data.type === 'refusal') this.settle(data.id)?.reject(new Error(data.message));
      else onEvent(data);
    };
    this.worker.onerror = ({message}) =>
      onEvent({type: 'failed', message: message || 'The worker could not start.'});
  }

  /** @returns The worker's answer; rejects with its refusal. */
  ask<K extends RequestName>(name: K, args: Requests[K]['args']): Promise<Requests[K]['reply']> {
    const id = this.asked++;
    return new Promise<Requests[K]['reply']>((resolve, reject) => {
      this.waiting.set(id, {resolve: resolve as (reply: never) => void, reject});
      this.worker.postMessage({type: 'ask', id, name, args} as Ask);
    });
  }

  tell(command: Command): void {
    this.worker.postMessage(command);
  }

  private settle(id: number): Waiting | undefined {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    return waiting;
  }
}
