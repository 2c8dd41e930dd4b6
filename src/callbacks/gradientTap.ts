import type {NamedTensorMap, Optimizer} from '@tensorflow/tfjs-core';

/** Told of every gradient before the optimizer applies it; it must dispose of nothing it is given. */
export type GradientListener = (gradients: NamedTensorMap) => void;

const listeners = new WeakMap<Optimizer, Set<GradientListener>>();

/**
 * Lets `listener` see the gradients that an optimizer computes, without a second backward pass: while anyone
 * listens, the instance's own `computeGradients` shadows the class's.
 *
 * @returns a function that ends it and, with the last listener, puts the optimizer back as it was.
 */
export function tapGradients(optimizer: Optimizer, listener: GradientListener): () => void {
  const present = listeners.get(optimizer);
  const audience = present ?? new Set<GradientListener>();
  audience.add(listener);
  if (present === undefined) {
    listeners.set(optimizer, audience);
    const compute = optimizer.computeGradients;
    optimizer.computeGradients = function (...args) {
      const result = compute.apply(this, args);
      for (const told of audience) told(result.grads);
      return result;
    };
  }
  return () => {
    audience.delete(listener);
    if (audience.size > 0 || listeners.get(optimizer) !== audience) return;
    listeners.delete(optimizer);
    delete (optimizer as Partial<Optimizer>).computeGradients;
  };
}
