import type {NamedTensorMap, Optimizer} from '@tensorflow/tfjs-core';

/** Told of every gradient before the optimizer applies it; it must dispose of nothing it is given. */
export type GradientListener = (gradients: NamedTensorMap) => void;

/** Who listens to an optimizer, and how to put the optimizer back as it was. */
interface Tap {
  readonly audience: Set<GradientListener>;
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
  tap.audience.add(listener);
  return () => {
    tap.audience.delete(listener);
    if (tap.audience.size > 0 || taps.get(optimizer) !== tap) return;
    taps.delete(optimizer);
    tap.remove();
  };
}

function open(optimizer: Optimizer): Tap {
  const audience = new Set<GradientListener>();
  const former = Object.getOwnPropertyDescriptor(optimizer, 'computeGradients');
  const compute = optimizer.computeGradients;
  optimizer.computeGradients = function (...args) {
    const result = compute.apply(this, args);
    for (const told of audience) told(result.grads);
    return result;
  };
  const remove = () => {
    if (former === undefined) delete (optimizer as Partial<Optimizer>).computeGradients;
    else Object.defineProperty(optimizer, 'computeGradients', former);
  };
  const tap = {audience, remove};
  taps.set(optimizer, tap);
  return tap;
}
