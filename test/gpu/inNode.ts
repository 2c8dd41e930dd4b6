import {createRequire} from 'node:module';
import {useBackend} from 'tfjs-discrete/node';
import {installWebGpuKernels} from 'tfjs-discrete/webgpu';
import {ensure} from '../browser/assertions.js';
import {runChecks} from './runChecks.js';

/** Path of npm's `webgpu`, and a word that the names of the checks to run hold. */
const [webGpuPackage, only = ''] = process.argv.slice(2);

/** Node with the GPU of `webgpu`, as `useBackend` would provide it were the package installed beside this one. */
const {create, globals} = createRequire(import.meta.url)(webGpuPackage!);
Object.assign(globalThis, globals);
const scope = globalThis as {navigator?: object};
scope.navigator ??= {};
Object.defineProperty(scope.navigator, 'gpu', {value: create([]), configurable: true});

await import('@tensorflow/tfjs-backend-cpu');
const {backend, trainingKernels, message} = await useBackend('webgpu');
console.log(message);
ensure(backend === 'webgpu', `useBackend chose ${backend}`);
ensure(trainingKernels === installWebGpuKernels(), 'useBackend installed no kernels');
await runChecks(backend, (passed, name, details) => process.send!({passed, name, details}), only);
process.exit(0); // Dawn keeps the process alive
