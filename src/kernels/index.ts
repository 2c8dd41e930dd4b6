export {binaryMode, sampleBinary, sigmoidJacobianProduct} from './binary.js';
export {categoryMode, jacobianProductAt, sampleCategory, softmaxJacobianProduct} from './categorical.js';
export {
  gateLogitsGradient,
  gateMixture,
  gateMixtureGradient,
  sampleGates,
  sumsAtTruthTableRows,
  watchedGateLogitsGradient,
} from './gateLogits.js';
export {type AbsoluteSumsListener, evaluateGates} from './logicGates.js';
export {fillUniform, type RandomKey} from './pcg4d.js';
export {randomUniform} from './random.js';
export {globalNorm, hasNaN, sumAbsoluteRows, sumRows} from './reductions.js';
export {registerKernels, unregisterKernels} from './register.js';
