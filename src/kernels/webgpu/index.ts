import type {KernelConfig} from '@tensorflow/tfjs-core';
import {adamStepOnWebGpu} from './adamStep.js';
import {binaryModeOnWebGpu} from './binaryMode.js';
import {categoryModeOnWebGpu} from './categoryMode.js';
import {gateLogitsGradientOnWebGpu} from './gateLogitsGradient.js';
import {globalNormOnWebGpu} from './globalNorm.js';
import {hasNaNOnWebGpu} from './hasNaN.js';
import {logicGatesOnWebGpu} from './logicGates.js';
import {logicGatesGradientOnWebGpu} from './logicGatesGradient.js';
import {sampleBinaryOnWebGpu} from './sampleBinary.js';
import {sampleCategoryOnWebGpu} from './sampleCategory.js';
import {sampleGatesOnWebGpu} from './sampleGates.js';
import {sigmoidJacobianProductOnWebGpu} from './sigmoidJacobianProduct.js';
import {softmaxJacobianProductOnWebGpu} from './softmaxJacobianProduct.js';
import {sumAbsoluteRowsOnWebGpu} from './sumAbsoluteRows.js';
import {sumRowsOnWebGpu} from './sumRows.js';
import {tfjsAdamPowersOnWebGpu} from './tfjsAdamPowers.js';
import {tfjsAdamStepOnWebGpu} from './tfjsAdamStep.js';
import {uniformOnWebGpu} from './uniform.js';
import {watchedGateLogitsGradientOnWebGpu} from './watchedGateLogitsGradient.js';

/** Every op in WGSL, as plain program objects for `runWebGPUProgram` of TensorFlow.js's WebGPU backend. */
export const WEBGPU_KERNELS: readonly KernelConfig[] = [
  adamStepOnWebGpu,
  binaryModeOnWebGpu,
  categoryModeOnWebGpu,
  gateLogitsGradientOnWebGpu,
  globalNormOnWebGpu,
  hasNaNOnWebGpu,
  logicGatesOnWebGpu,
  logicGatesGradientOnWebGpu,
  sampleBinaryOnWebGpu,
  sampleCategoryOnWebGpu,
  sampleGatesOnWebGpu,
  sigmoidJacobianProductOnWebGpu,
  softmaxJacobianProductOnWebGpu,
  sumAbsoluteRowsOnWebGpu,
  sumRowsOnWebGpu,
  tfjsAdamPowersOnWebGpu,
  tfjsAdamStepOnWebGpu,
  uniformOnWebGpu,
  watchedGateLogitsGradientOnWebGpu,
];
