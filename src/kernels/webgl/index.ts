import type {KernelConfig} from '@tensorflow/tfjs-core';
import {adamStepOnWebGl} from './adamStep.js';
import {binaryModeOnWebGl} from './binaryMode.js';
import {categoryModeOnWebGl} from './categoryMode.js';
import {gateLogitsGradientOnWebGl} from './gateLogitsGradient.js';
import {globalNormOnWebGl} from './globalNorm.js';
import {hasNaNOnWebGl} from './hasNaN.js';
import {logicGatesOnWebGl} from './logicGates.js';
import {logicGatesGradientOnWebGl} from './logicGatesGradient.js';
import {sampleBinaryOnWebGl} from './sampleBinary.js';
import {sampleCategoryOnWebGl} from './sampleCategory.js';
import {sampleGatesOnWebGl} from './sampleGates.js';
import {sigmoidJacobianProductOnWebGl} from './sigmoidJacobianProduct.js';
import {softmaxJacobianProductOnWebGl} from './softmaxJacobianProduct.js';
import {sumAbsoluteRowsOnWebGl} from './sumAbsoluteRows.js';
import {sumRowsOnWebGl} from './sumRows.js';
import {tfjsAdamPowersOnWebGl} from './tfjsAdamPowers.js';
import {tfjsAdamStepOnWebGl} from './tfjsAdamStep.js';
import {uniformOnWebGl} from './uniform.js';
import {watchedGateLogitsGradientOnWebGl} from './watchedGateLogitsGradient.js';

/** Every op in GLSL, as plain program objects for `runWebGLProgram` of TensorFlow.js's WebGL backend, version 2. */
export const WEBGL_KERNELS: readonly KernelConfig[] = [
  adamStepOnWebGl,
  binaryModeOnWebGl,
  categoryModeOnWebGl,
  gateLogitsGradientOnWebGl,
  globalNormOnWebGl,
  hasNaNOnWebGl,
  logicGatesOnWebGl,
  logicGatesGradientOnWebGl,
  sampleBinaryOnWebGl,
  sampleCategoryOnWebGl,
  sampleGatesOnWebGl,
  sigmoidJacobianProductOnWebGl,
  softmaxJacobianProductOnWebGl,
  sumAbsoluteRowsOnWebGl,
  sumRowsOnWebGl,
  tfjsAdamPowersOnWebGl,
  tfjsAdamStepOnWebGl,
  uniformOnWebGl,
  watchedGateLogitsGradientOnWebGl,
];
