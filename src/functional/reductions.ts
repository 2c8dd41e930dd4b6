export {globalNorm, sumAbsoluteRows, sumRows} from '../kernels/index.js';
