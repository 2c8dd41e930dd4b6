import {containsNaN} from '../loops/containsNaN.js';
import {hasNaN} from '../ops/hasNaN.js';
import {type CpuBackend, floatsOf, makeOutput} from './CpuBackend.js';

export const hasNaNOnCpu = hasNaN.kernelOn<CpuBackend>('cpu', ({x}, attributes, backend) => {
  const [output, out] = makeOutput(backend, hasNaN.shape({x}, attributes));
  out[0] = containsNaN(floatsOf(backend, x)) ? 1 : 0;
  return output;
});
