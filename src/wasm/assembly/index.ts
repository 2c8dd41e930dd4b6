export {adamStep} from './adamStep';
export {depthwiseGradient, filterGradient, inputGradient} from './convolution';
export {
  binaryCrossEntropies,
  binaryCrossEntropyGradient,
  categoricalCrossEntropies,
  categoricalCrossEntropyGradient,
} from './crossEntropies';
export {gemm, setPanelWidth} from './gemm';
export {both, greaterOrEqual, select} from './logical';
export {maxPoolGradient} from './pooling';
export {squareRoots, sumAxis} from './reduce';
export {addRows, copyRuns, gatherRows} from './rows';
export {tfjsAdam} from './tfjsAdam';
// Exported only so that the compiler does not inline them: V8 packs vectors in functions without branches.
export {tile5x8, tile5x16} from './tiles';
export {exps, log1ps, logs} from './transcendental';
