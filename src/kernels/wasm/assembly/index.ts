export {binaryMode, sampleBinary, sigmoidJacobianProduct} from './binary';
export {categoryMode, sampleCategory, softmaxJacobianProduct} from './categorical';
export {gateLogitsGradient, sampleGates} from './gateLogits';
export {gates, gatesBackward} from './gates';
export {connectionsFit} from './logicGates';
export {fillUniform} from './pcg4d';
export {hasNaN, sumOfSquares, sumRows} from './reductions';
