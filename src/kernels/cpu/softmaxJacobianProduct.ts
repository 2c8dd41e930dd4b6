import {softmaxProducts} from '../loops/softmaxProducts.js';
import {softmaxJacobianProduct} from '../ops/softmaxJacobianProduct.js';
import {type CpuBackend, floatsOf, makeOutput} from './CpuBackend.js';

export const softmaxJacobianProductOnCpu = softmaxJacobianProduct.kernelOn<CpuBackend>(
  'cpu',
  ({dy, logits}, {temperature}, backend) => {
    const [output, out] = makeOutput(backend, softmaxJacobianProduct.shape({dy, logits}, {temperature}));
    const categories = logits.shape.at(-1) ?? 1;
    softmaxProducts(floatsOf(backend, dy), floatsOf(backend, logits), out, categories, temperature);
    return output;
  },
);
