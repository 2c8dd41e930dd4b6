import {
  AdamOptimizer,
  engine,
  getBackend,
  type NamedTensorMap,
  type Tensor,
  tidy,
  util,
  type Variable,
  zerosLike,
} from '@tensorflow/tfjs-core';
import {tfjsAdamPowers} from '../kernels/ops/tfjsAdamPowers.js';
import {type TfjsAdam, tfjsAdamStep} from '../kernels/ops/tfjsAdamStep.js';

type Gradients = Parameters<AdamOptimizer['applyGradients']>[0];
type Moment = {readonly originalName: string; readonly variable: Variable} | undefined;

/** The state that TensorFlow.js's AdamOptimizer keeps between steps. */
interface AdamState extends TfjsAdam {
  readonly accBeta1: Variable;
  readonly accBeta2: Variable;
  readonly accumulatedFirstMoment: Moment[];
  readonly accumulatedSecondMoment: Moment[];
  incrementIterations(): void;
}

/**
 * Has TensorFlow.js's own Adam take one op per variable on a backend, where it composes fourteen. Formula, order of operations and
 * state stay the original's, so training that was started with either continues with the other. Nothing is read back.
 *
 * @returns A function that restores the original, unless it has been replaced again since.
 */
export function fuseTfjsAdam(backendName: string): () => void {
  const original = AdamOptimizer.prototype.applyGradients;
  const fused = function (this: AdamOptimizer, gradients: Gradients): void {
    const named = Array.isArray(gradients)
      ? gradients.map(({name, tensor}) => ({name, gradient: tensor}))
      : Object.entries(gradients as NamedTensorMap).map(([name, gradient]) => ({name, gradient}));
    if (getBackend() !== backendName || !named.every(isFloat)) {
      original.call(this, gradients);
      return;
    }
    const state = this as unknown as AdamState;
    tidy(() => step(state, named));
    state.incrementIterations();
  };
  AdamOptimizer.prototype.applyGradients = fused;
  return () => {
    if (AdamOptimizer.prototype.applyGradients === fused) AdamOptimizer.prototype.applyGradients = original;
  };
}

/** A variable's name with its gradient, which is missing where the loss does not depend on it. */
interface Named {
  readonly name: string;
  readonly gradient: Tensor | null | undefined;
}

function isFloat({name, gradient}: Named): boolean {
  const value = engine().registeredVariables[name];
  if (value === undefined || value.dtype !== 'float32') return false;
  return gradient == null || (gradient.dtype === 'float32' && util.arraysEqual(gradient.shape, value.shape));
}

function step(state: AdamState, named: readonly Named[]): void {
  const {beta1, beta2, epsilon, learningRate, accBeta1, accBeta2} = state;
  const [powers, next1, next2] = tfjsAdamPowers({accBeta1, accBeta2}, {beta1, beta2}) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  named.forEach(({name, gradient}, i) => {
    const value = engine().registeredVariables[name]!;
    // Made at a variable's first step, even without a gradient for it.
    state.accumulatedFirstMoment[i] ??= zeros(`${name}/m`, value);
    state.accumulatedSecondMoment[i] ??= zeros(`${name}/v`, value);
    if (gradient == null) return;
    const first = state.accumulatedFirstMoment[i].variable;
    const second = state.accumulatedSecondMoment[i].variable;
    const moved = tfjsAdamStep(
      {value, gradient, first, second, powers},
      {beta1, beta2, epsilon, learningRate},
    );
    [value, first, second].forEach((variable, output) => {
      variable.assign(moved[output]!);
    });
  });
  accBeta1.assign(next1);
  accBeta2.assign(next2);
}

function zeros(originalName: string, value: Variable): NonNullable<Moment> {
  return {originalName, variable: tidy(() => zerosLike(value).variable(false))};
}
