import {addRows} from '../loops/addRows.js';
import {sumRows} from '../ops/sumRows.js';
import {type CpuBackend, floatsOf, makeOutput} from './CpuBackend.js';

export const sumRowsOnCpu = sumRows.kernelOn<CpuBackend>('cpu', ({x, onto}, attributes, backend) => {
  const [output, out] = makeOutput(backend, sumRows.shape({x, onto}, attributes));
  if (onto !== undefined) out.set(floatsOf(backend, onto));
  addRows(floatsOf(backend, x), out);
  return output;
});
