import {addAbsoluteRows} from '../loops/addAbsoluteRows.js';
import {sumAbsoluteRows} from '../ops/sumAbsoluteRows.js';
import {type CpuBackend, floatsOf, makeOutput} from './CpuBackend.js';

export const sumAbsoluteRowsOnCpu = sumAbsoluteRows.kernelOn<CpuBackend>(
  'cpu',
  ({x}, attributes, backend) => {
    const [output, out] = makeOutput(backend, sumAbsoluteRows.shape({x}, attributes));
    addAbsoluteRows(floatsOf(backend, x), out);
    return output;
  },
);
