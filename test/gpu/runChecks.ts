import {backend, setBackend} from '@tensorflow/tfjs-core';
import {CHECKS, start} from './checks.js';

/** Runs every check on a backend and tells the outcome of each. What a device rejects without an exception fails the check, too. */
export async function runChecks(
  backendName: string,
  tell: (passed: boolean, name: string, details: string) => void,
  only = '',
): Promise<void> {
  await start(backendName);
  const rejected: string[] = [];
  const {device} = backend() as unknown as {device?: EventTarget};
  device?.addEventListener('uncapturederror', (event) => {
    rejected.push((event as unknown as {error: Error}).error.message);
  });
  for (const [name, check] of Object.entries(CHECKS)) {
    if (!name.includes(only)) continue;
    try {
      await setBackend(backendName);
      const details = await check(backendName);
      const [message] = rejected.splice(0);
      tell(message === undefined, name, message ?? details);
    } catch (error) {
      tell(false, name, error instanceof Error ? error.message : String(error));
    }
  }
}
