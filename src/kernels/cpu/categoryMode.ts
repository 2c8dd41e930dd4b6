import {categoryModes} from '../loops/categoryModes.js';
import {categoryMode} from '../ops/categoryMode.js';
import {type CpuBackend, floatsOf, makeOutput} from './CpuBackend.js';

export const categoryModeOnCpu = categoryMode.kernelOn<CpuBackend>('cpu', ({logits}, attributes, backend) => {
  const [output, out] = makeOutput(backend, categoryMode.shape({logits}, attributes));
  categoryModes(floatsOf(backend, logits), out, logits.shape.at(-1) ?? 1);
  return output;
});
