import type {KernelConfig} from '@tensorflow/tfjs-core';
import {binaryModeOnCpu} from './binaryMode.js';
import {categoryModeOnCpu} from './categoryMode.js';
import {gateLogitsGradientOnCpu} from './gateLogitsGradient.js';
import {globalNormOnCpu} from './globalNorm.js';
import {hasNaNOnCpu} from './hasNaN.js';
import {logicGatesOnCpu} from './logicGates.js';
import {logicGatesGradientOnCpu} from './logicGatesGradient.js';
import {sampleBinaryOnCpu} from './sampleBinary.js';
import {sampleCategoryOnCpu} from './sampleCategory.js';
import {sampleGatesOnCpu} from './sampleGates.js';
import {sigmoidJacobianProductOnCpu} from './sigmoidJacobianProduct.js';
import {softmaxJacobianProductOnCpu} from './softmaxJacobianProduct.js';
import {sumAbsoluteRowsOnCpu} from './sumAbsoluteRows.js';
import {sumRowsOnCpu} from './sumRows.js';
import {uniformOnCpu} from './uniform.js';
import {watchedGateLogitsGradientOnCpu} from './watchedGateLogitsGradient.js';

/** Every op as loops over the typed arrays of TensorFlow.js's plain JavaScript backend. */
export const CPU_KERNELS: readonly KernelConfig[] = [
  binaryModeOnCpu,
  categoryModeOnCpu,
  gateLogitsGradientOnCpu,
  globalNormOnCpu,
  hasNaNOnCpu,
  logicGatesOnCpu,
  logicGatesGradientOnCpu,
  sampleBinaryOnCpu,
  sampleCategoryOnCpu,
  sampleGatesOnCpu,
  sigmoidJacobianProductOnCpu,
  softmaxJacobianProductOnCpu,
  sumAbsoluteRowsOnCpu,
  sumRowsOnCpu,
  uniformOnCpu,
  watchedGateLogitsGradientOnCpu,
];
