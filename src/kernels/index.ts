export {drawBinary, mostLikelyBinary, sigmoidJacobianProduct} from './binary.js';
export {drawCategory, jacobianProductAt, mostLikelyCategory, softmaxJacobianProduct} from './categorical.js';
export {
  drawGates,
  gateLogitsGradient,
  gateMixture,
  gateMixtureGradient,
  sumsAtCorners,
  watchedGateLogitsGradient,
} from './gateLogits.js';
export {evaluateGates, type MassListener} from './logicGates.js';
export {fillUniform, type RandomKey} from './pcg4d.js';
export {randomUniform} from './random.js';
export {globalNorm, holdsNaN, sumAbsoluteRows, sumRows} from './reductions.js';
export {registerKernels, unregisterKernels} from './register.js';
