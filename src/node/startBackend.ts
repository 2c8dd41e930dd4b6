import {findBackendFactory, setBackend} from '@tensorflow/tfjs-core';

/** Why a package cannot be used, as the end of a sentence that starts with its name. */
export class Unusable extends Error {}

/** @throws `Unusable` If the backend, which has been registered, does not start. */
export async function startBackend(name: string): Promise<void> {
  const started = await Promise.resolve(setBackend(name)).catch((error: unknown) => {
    throw new Unusable(`does not start: ${firstLine(error)}`);
  });
  if (!started) throw new Unusable(name === 'wasm' ? await whyNoWasm() : 'does not start');
}

/** TensorFlow.js prints why a backend did not start but does not return it, so this starts it again. */
async function whyNoWasm(): Promise<string> {
  try {
    await findBackendFactory('wasm')();
    return 'does not start';
  } catch (error) {
    const remedy =
      'if its .wasm files lie elsewhere, pass their addresses as `wasmPaths`, or call setWasmPaths';
    return `does not start: ${firstLine(error)}; ${remedy} of '@tensorflow/tfjs-backend-wasm' first`;
  }
}

/** Backend, package, and why it was chosen before others, as a sentence. */
export function describeChoice(
  backend: string,
  from: string,
  reason: string,
  passedOver: readonly {readonly package: string; readonly reason: string}[],
): string {
  const others = passedOver.map((other) => `; ${other.package} ${other.reason}`).join('');
  return `Backend: ${backend}, from ${from} (${reason}${others}).`;
}

/** Of an error's message, without its full stop. */
export function firstLine(error: unknown): string {
  return String((error as Error)?.message ?? error)
    .split('\n')[0]!
    .trim()
    .replace(/\.$/, '');
}
