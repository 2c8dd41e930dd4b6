import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import {ready, setBackend} from '@tensorflow/tfjs-core';

if (process.env.TFJS_BACKEND === 'tensorflow') await import('../native/loadNative.js');

/** The backend that this run of the test files is about; vitest.config.ts names it. */
await setBackend(process.env.TFJS_BACKEND ?? 'cpu');
await ready();
