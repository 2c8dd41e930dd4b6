import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-webgl';
import '@tensorflow/tfjs-backend-webgpu';
import {start} from './checks.js';
import {measureGateGrowth} from './gateGrowth.js';
import {runChecks} from './runChecks.js';

/** What scripts/gpu.mjs calls in the page. */
Object.assign(window, {
  runChecks: (
    backendName: string,
    tell: (result: {passed: boolean; name: string; details: string}) => void,
    only: string,
  ) => runChecks(backendName, (passed, name, details) => tell({passed, name, details}), only),
  measureGrowth: async (backendName: string, print: (line: string) => void) => {
    await start(backendName);
    await measureGateGrowth(backendName, print);
  },
});
