export {sumAbsoluteRows, sumOfSquares, sumRows} from '../kernels/index.js';
