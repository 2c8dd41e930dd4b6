import type {NamedTensorMap, Optimizer} from '@tensorflow/tfjs-core';

/** Called with all gradients before the optimizer applies them; it must not dispose of them. */
export type GradientListener = (gradients: NamedTensorMap) => void;

/** Who listens to an optimizer, and how to put the optimizer back as it was. */
interface Tap {
  readonly listeners: Set<GradientListener>;
  readonly remove: () => void;
}

const taps = new WeakMap<Optimizer, Tap>();

/**
 * Lets `listener` see the gradients that an optimizer computes, without a second backward pass: while anyone
 * listens, the instance's own `computeGradients` shadows the class's.
 *
 * @returns a function that ends it and, with the last listener, puts the optimizer back as it was.
 */
export function tapGradients(optimizer: Optimizer, listener: GradientListener): () => void {
  const tap = taps.get(optimizer) ?? open(optimizer);
  tap.listeners.add(listener);
  return () => {
    tap.listeners.delete(listener);
    if (tap.listeners.size > 0 || taps.get(optimizer) !== tap) return;
    taps.delete(optimizer);
    tap.remove();
  };
}

function open(optimizer: Optimizer): Tap {
  const listeners = new Set<GradientListener>();
  const previous = Object.getOwnPropertyDescriptor(optimizer, 'computeGradients');
  const compute = optimizer.computeGradients;
  optimizer.computeGradients = function (...args) {
    const result = compute.apply(this, args);
    for (const listener of listeners) listener(result.grads);
    return result;
  };
  const remove = () => {
    if (previous === undefined) delete (optimizer as Partial<Optimizer>).computeGradients;
    else Object.defineProperty(optimizer, 'computeGradients', previous);
  };
  const tap = {listeners, remove};
  taps.set(optimizer, tap);
  return tap;
}
