import {bitModes} from '../loops/bitModes.js';
import {binaryMode} from '../ops/binaryMode.js';
import {type CpuBackend, floatsOf, makeOutput} from './CpuBackend.js';

export const binaryModeOnCpu = binaryMode.kernelOn<CpuBackend>('cpu', ({logits}, attributes, backend) => {
  const [output, out] = makeOutput(backend, binaryMode.shape({logits}, attributes));
  bitModes(floatsOf(backend, logits), out);
  return output;
});
