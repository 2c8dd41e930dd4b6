export {drawBinary, mostLikelyBinary, sigmoidJacobianProduct} from './binary';
export {drawCategory, mostLikelyCategory, softmaxJacobianProduct} from './categorical';
export {drawGates, gateLogitsGradient} from './gateLogits';
export {gates, gatesBackward} from './gates';
export {connectionsFit} from './logicGates';
export {fillUniform} from './pcg4d';
export {holdsNaN, sumOfSquares, sumRows} from './reductions';
