export {drawBinary, mostLikelyBinary, sigmoidJacobianProduct} from './binary';
export {gateGradientsOnBits} from './bitGradients';
export {drawCategory, mostLikelyCategory, softmaxJacobianProduct} from './categorical';
export {drawGates, gateLogitsGradient} from './gateLogits';
export {answerBits, evaluateGatesOnBits, packBits} from './logicBits';
export {
  coefficientGradient,
  connectionsFit,
  evaluateGates,
  gateGradients,
} from './logicGates';
export {fillUniform} from './pcg4d';
export {holdsNaN, sumOfSquares, sumRows} from './reductions';
