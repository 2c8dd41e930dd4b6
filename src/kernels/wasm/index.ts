import type {KernelConfig} from '@tensorflow/tfjs-core';
import {binaryModeOnWasm} from './binaryMode.js';
import {categoryModeOnWasm} from './categoryMode.js';
import {gateLogitsGradientOnWasm} from './gateLogitsGradient.js';
import {globalNormOnWasm} from './globalNorm.js';
import {hasNaNOnWasm} from './hasNaN.js';
import {logicGatesOnWasm} from './logicGates.js';
import {logicGatesGradientOnWasm} from './logicGatesGradient.js';
import {sampleBinaryOnWasm} from './sampleBinary.js';
import {sampleCategoryOnWasm} from './sampleCategory.js';
import {sampleGatesOnWasm} from './sampleGates.js';
import {sigmoidJacobianProductOnWasm} from './sigmoidJacobianProduct.js';
import {softmaxJacobianProductOnWasm} from './softmaxJacobianProduct.js';
import {sumAbsoluteRowsOnWasm} from './sumAbsoluteRows.js';
import {sumRowsOnWasm} from './sumRows.js';
import {uniformOnWasm} from './uniform.js';
import {watchedGateLogitsGradientOnWasm} from './watchedGateLogitsGradient.js';

/** Every op by the package's WebAssembly module on the memory of TensorFlow.js's wasm backend. */
export const WASM_KERNELS: readonly KernelConfig[] = [
  binaryModeOnWasm,
  categoryModeOnWasm,
  gateLogitsGradientOnWasm,
  globalNormOnWasm,
  hasNaNOnWasm,
  logicGatesOnWasm,
  logicGatesGradientOnWasm,
  sampleBinaryOnWasm,
  sampleCategoryOnWasm,
  sampleGatesOnWasm,
  sigmoidJacobianProductOnWasm,
  softmaxJacobianProductOnWasm,
  sumAbsoluteRowsOnWasm,
  sumRowsOnWasm,
  uniformOnWasm,
  watchedGateLogitsGradientOnWasm,
];
