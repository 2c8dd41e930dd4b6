import {
  type AdamOptimizer,
  engine,
  type NamedTensorMap,
  scalar,
  type Tensor,
  type TensorInfo,
  tidy,
  util,
  type Variable,
  zerosLike,
} from '@tensorflow/tfjs-core';
import {offsetOf, type WasmBackend} from './heap.js';
import {type Routines, routinesOf} from './routines.js';

type Gradients = Parameters<AdamOptimizer['applyGradients']>[0];

/** The state that TensorFlow.js's AdamOptimizer keeps between steps. */
interface AdamState {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly accBeta1: Variable;
  readonly accBeta2: Variable;
  readonly accumulatedFirstMoment: ({originalName: string; variable: Variable} | undefined)[];
  readonly accumulatedSecondMoment: ({originalName: string; variable: Variable} | undefined)[];
  incrementIterations(): void;
}

/** A variable with its gradient and moments. */
interface Weight {
  readonly value: Variable;
  readonly gradient: Tensor;
  readonly first: Variable;
  readonly second: Variable;
}

/**
 * Makes an `applyGradients` for AdamOptimizer that makes one pass over each variable, where the original
 * runs twelve kernels. Formula, order of operations and state are the original's, to the last bit, so training that was
 * started with either continues with the other.
 *
 * Moments are updated in place unless their memory is shared. Variables always move to new memory, since
 * the backend keeps packed copies of weights and identifies them by their memory.
 *
 * @param original Used for other backends, other dtypes, and where the WebAssembly module is not available.
 */
export function fusedTfjsAdam(original: AdamOptimizer['applyGradients']): AdamOptimizer['applyGradients'] {
  return function applyGradients(this: AdamOptimizer, gradients: Gradients): void {
    const backend = engine().backend as WasmBackend;
    const routines = engine().backendName === 'wasm' ? routinesOf(backend).exports : undefined;
    const named = pairs(gradients);
    if (routines === undefined || !named.every(isFloat)) {
      original.call(this, gradients);
      return;
    }
    const state = this as unknown as AdamState;
    tidy(() => {
      const weights = named.map(({name, gradient}, i) => weightOf(state, i, name, gradient));
      step(backend, routines, state, weights);
    });
    state.incrementIterations();
  };
}

function pairs(gradients: Gradients): {name: string; gradient: Tensor | null | undefined}[] {
  if (Array.isArray(gradients)) return gradients.map(({name, tensor}) => ({name, gradient: tensor}));
  return Object.entries(gradients as NamedTensorMap).map(([name, gradient]) => ({
    name,
    gradient,
  }));
}

function isFloat({name, gradient}: {name: string; gradient: Tensor | null | undefined}): boolean {
  const value = engine().registeredVariables[name];
  if (value === undefined || value.dtype !== 'float32') return false;
  return gradient == null || (gradient.dtype === 'float32' && util.arraysEqual(gradient.shape, value.shape));
}

/** Creates a variable's moments at its first step, even if that step has no gradient for it. */
function weightOf(
  {accumulatedFirstMoment, accumulatedSecondMoment}: AdamState,
  i: number,
  name: string,
  gradient: Tensor | null | undefined,
): Weight | undefined {
  const value = engine().registeredVariables[name]!;
  accumulatedFirstMoment[i] ??= {originalName: `${name}/m`, variable: zerosLike(value).variable(false)};
  accumulatedSecondMoment[i] ??= {originalName: `${name}/v`, variable: zerosLike(value).variable(false)};
  if (gradient == null) return undefined;
  const first = accumulatedFirstMoment[i].variable;
  return {value, gradient, first, second: accumulatedSecondMoment[i].variable};
}

function step(
  backend: WasmBackend,
  routines: Routines,
  state: AdamState,
  weights: readonly (Weight | undefined)[],
): void {
  const {beta1, beta2, accBeta1, accBeta2, epsilon, learningRate} = state;
  const [power1, power2] = [accBeta1.dataSync()[0]!, accBeta2.dataSync()[0]!];
  for (const weight of weights) {
    if (weight === undefined) continue;
    const {value, gradient, first, second} = weight;
    const newValue = backend.makeOutput(value.shape, 'float32');
    const newFirst = inPlaceOrNew(backend, first);
    const newSecond = inPlaceOrNew(backend, second);
    const at = (info: TensorInfo) => offsetOf(backend, info);
    routines.tfjsAdam(
      value.size,
      at(value),
      at(first),
      at(second),
      at(gradient),
      at(newValue),
      at(newFirst),
      at(newSecond),
      beta1,
      1 - beta1,
      beta2,
      1 - beta2,
      1 - power1,
      1 - power2,
      epsilon,
      -learningRate,
    );
    assign(value, newValue);
    assign(first, newFirst);
    assign(second, newSecond);
  }
  accBeta1.assign(scalar(power1 * Math.fround(beta1)));
  accBeta2.assign(scalar(power2 * Math.fround(beta2)));
}

function inPlaceOrNew(backend: WasmBackend, variable: Variable): TensorInfo {
  const isShared = backend.refCount(variable.dataId) > 1;
  return isShared ? backend.makeOutput(variable.shape, 'float32') : variable;
}

function assign(variable: Variable, info: TensorInfo): void {
  if (info !== variable) variable.assign(engine().makeTensorFromTensorInfo(info));
}
