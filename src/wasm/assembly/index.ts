export {adam} from './adam';
export {depthwiseGradient, filterGradient, inputGradient} from './convolution';
export {gemm} from './gemm';
export {maxPoolGradient} from './pooling';
export {squareRoots, sumAxis} from './reduce';
export {addRows, gatherRows} from './rows';
