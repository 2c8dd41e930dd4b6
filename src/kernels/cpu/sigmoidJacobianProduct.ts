import {sigmoidProducts} from '../loops/sigmoidProducts.js';
import {sigmoidJacobianProduct} from '../ops/sigmoidJacobianProduct.js';
import {type CpuBackend, floatsOf, makeOutput} from './CpuBackend.js';

export const sigmoidJacobianProductOnCpu = sigmoidJacobianProduct.kernelOn<CpuBackend>(
  'cpu',
  ({dy, logits}, {temperature}, backend) => {
    const [output, out] = makeOutput(backend, sigmoidJacobianProduct.shape({dy, logits}, {temperature}));
    sigmoidProducts(floatsOf(backend, dy), floatsOf(backend, logits), out, temperature);
    return output;
  },
);
