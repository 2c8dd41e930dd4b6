export {drawBinary, mostLikelyBinary, sigmoidJacobianProduct} from './binary';
export {drawCategory, mostLikelyCategory, softmaxJacobianProduct} from './categorical';
export {answerBits, evaluateGatesOnBits, packBits} from './logicBits';
export {
  coefficientGradient,
  connectionsFit,
  evaluateGates,
  gateGradients,
  gateSensitivity,
} from './logicGates';
export {fillUniform} from './pcg4d';
export {holdsNaN, sumOfSquares, sumRows} from './reductions';
