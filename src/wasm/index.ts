import {
  AdamOptimizer,
  findBackend,
  getKernel,
  type KernelConfig,
  registerKernel,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import {adamStep} from './adamStep.js';
import {fusedTfjsAdam} from './fusedTfjsAdam.js';
import {fuseLosses} from './fuseLosses.js';
import {batchMatMul} from './kernels/BatchMatMul.js';
import {cast} from './kernels/Cast.js';
import {conv2DBackpropFilter, conv2DBackpropInput} from './kernels/convolutionGradients.js';
import {
  binaryCrossEntropy,
  binaryCrossEntropyGradient,
  categoricalCrossEntropy,
  categoricalCrossEntropyGradient,
} from './kernels/crossEntropies.js';
import {depthwiseBackpropFilter, depthwiseBackpropInput} from './kernels/depthwiseGradients.js';
import {einsum} from './kernels/Einsum.js';
import {fusedMatMul} from './kernels/FusedMatMul.js';
import {gatherV2} from './kernels/GatherV2.js';
import {identity} from './kernels/Identity.js';
import {greaterEqual, lessEqual, logicalAnd, select} from './kernels/logical.js';
import {maxPoolGrad} from './kernels/MaxPoolGrad.js';
import {mean, sum} from './kernels/reductions.js';
import {slice} from './kernels/Slice.js';
import {unsortedSegmentSum} from './kernels/UnsortedSegmentSum.js';
import {exp, log, log1p, sqrt} from './kernels/unary.js';
import {routinesOf} from './routines.js';
import {shareSavedTensors} from './savedTensors.js';
import {endScopesFast} from './scopes.js';
import type {TrainingKernel} from './trainingKernel.js';
import {watchTape} from './unusedGradients.js';

const BACKEND = 'wasm';
const TAPE = 'Engine.addTapeNode';
const SAVING = 'Engine.clone';
const SCOPES = 'Engine.endScope';
const LOSSES = 'LayersModel.makeTrainFunction';
const ADAM = 'AdamOptimizer.applyGradients';

const KERNELS: readonly TrainingKernel[] = [
  batchMatMul,
  fusedMatMul,
  gatherV2,
  slice,
  identity,
  cast,
  sum,
  mean,
  sqrt,
  exp,
  log,
  log1p,
  greaterEqual,
  lessEqual,
  logicalAnd,
  select,
  unsortedSegmentSum,
  conv2DBackpropFilter,
  conv2DBackpropInput,
  depthwiseBackpropFilter,
  depthwiseBackpropInput,
  maxPoolGrad,
  einsum,
];

/** Kernels of this package's own operations, which require the WebAssembly module. */
const OWN_KERNELS: readonly TrainingKernel[] = [
  adamStep,
  binaryCrossEntropy,
  binaryCrossEntropyGradient,
  categoricalCrossEntropy,
  categoricalCrossEntropyGradient,
];

/** What `installTrainingKernels` did. */
export interface TrainingKernels {
  /** Names of the kernels that this package now computes. */
  readonly installed: readonly string[];
  /** Kernels that were left as they were, and why. */
  readonly skipped: readonly {readonly kernel: string; readonly reason: string}[];
  /** Restores the backend's own kernels and removes those that it did not have. */
  restore(): void;
}

let current: TrainingKernels | undefined;

/**
 * Completes and speeds up TensorFlow.js's wasm backend for training: convolutions, embeddings and `gather`
 * get the gradients that the backend lacks, and matrix products with a transposed operand and the assembling of
 * batches become ten times faster. Results stay the same within float32 error; models need no change.
 *
 * Until `restore` is called, a second call changes nothing and returns the result of the first.
 *
 * @throws If no wasm backend has been started.
 * @example
 * import '@tensorflow/tfjs-backend-wasm';
 *
 * await tf.setBackend('wasm');
 * const {restore} = installTrainingKernels();
 */
export function installTrainingKernels(): TrainingKernels {
  if (current !== undefined) return current;
  const backend = findBackend(BACKEND);
  if (backend == null) {
    throw new Error(
      "installTrainingKernels: no wasm backend is running. Import '@tensorflow/tfjs-backend-wasm' and " +
        "await setBackend('wasm') first.",
    );
  }
  const {unavailable} = routinesOf(backend);
  const installed: string[] = [];
  const skipped: {kernel: string; reason: string}[] = [];
  const undo: (() => void)[] = [];
  for (const kernel of KERNELS) {
    const original = getKernel(kernel.kernelName, BACKEND) as KernelConfig | undefined;
    const reason = whyNot(kernel, original, unavailable);
    if (reason !== undefined) {
      skipped.push({kernel: kernel.kernelName, reason});
    } else {
      undo.push(replace(kernel, original));
      installed.push(kernel.kernelName);
    }
  }
  const patches: [name: string, undo: (() => void) | undefined][] = [
    [TAPE, watchTape()],
    [SAVING, shareSavedTensors(BACKEND)],
    [SCOPES, endScopesFast()],
    ...(unavailable === undefined ? [[LOSSES, fuseLosses()] as [string, (() => void) | undefined]] : []),
  ];
  for (const [kernel, unpatch] of patches) {
    if (unpatch === undefined) {
      skipped.push({kernel, reason: 'this version of TensorFlow.js is built differently there'});
    } else {
      undo.push(unpatch);
      installed.push(kernel);
    }
  }
  if (unavailable === undefined) {
    undo.push(replaceAdam(), ...OWN_KERNELS.map((kernel) => replace(kernel, undefined)));
    installed.push(ADAM, ...OWN_KERNELS.map(({kernelName}) => kernelName));
  } else {
    for (const kernel of [LOSSES, ADAM]) skipped.push({kernel, reason: unavailable});
  }
  current = {
    installed,
    skipped,
    restore: () => {
      for (const step of undo.splice(0)) step();
      current = undefined;
    },
  };
  return current;
}

function whyNot({speedsUp}: TrainingKernel, original: unknown, unavailable?: string): string | undefined {
  if (!speedsUp) return original === undefined ? undefined : 'this version of the wasm backend has its own';
  return original === undefined ? 'this version of the wasm backend has none to speed up' : unavailable;
}

/** @returns A function that restores `original`, unless the kernel has been replaced again since. */
function replace({kernelName, make}: TrainingKernel, original: KernelConfig | undefined): () => void {
  const kernelFunc = make(original?.kernelFunc);
  if (original !== undefined) unregisterKernel(kernelName, BACKEND);
  registerKernel({...original, kernelName, backendName: BACKEND, kernelFunc});
  return () => {
    if (getKernel(kernelName, BACKEND)?.kernelFunc !== kernelFunc) return;
    unregisterKernel(kernelName, BACKEND);
    if (original !== undefined) registerKernel(original);
  };
}

function replaceAdam(): () => void {
  const original = AdamOptimizer.prototype.applyGradients;
  const fused = fusedTfjsAdam(original);
  AdamOptimizer.prototype.applyGradients = fused;
  return () => {
    if (AdamOptimizer.prototype.applyGradients === fused) AdamOptimizer.prototype.applyGradients = original;
  };
}
