import {getBackend} from '@tensorflow/tfjs-core';
import {describe} from 'vitest';

/** `describe` for what makes sense on one backend only; on others there is nothing, not even a skipped test. */
export function describeOn(backend: 'cpu' | 'wasm', title: string, tests: () => void): void {
  if (getBackend() === backend) describe(title, tests);
}
