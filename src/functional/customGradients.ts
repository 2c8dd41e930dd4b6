import {customGrad, engine, type Tensor} from '@tensorflow/tfjs-core';

/** A value, and its gradients with respect to the inputs, in their order. */
export interface Differentiable {
  readonly value: Tensor;
  /**
   * @param isRead Whether anybody reads the gradient with respect to an input; if not, any tensor will do.
   */
  readonly gradients: (dy: Tensor, saved: Tensor[], isRead: (input: number) => boolean) => Tensor[];
}

/** What this uses of tfjs-core's tape: a node that back-propagation visits lists only the inputs whose gradient is read. */
interface TapeNode {
  readonly inputs: object;
  readonly outputs: readonly Tensor[];
  gradient?: (dys: unknown) => object;
}

/**
 * `customGrad` that says which gradients are read. TensorFlow.js itself drops those that nobody needs, such as a first layer's
 * gradient for the data, only after they were computed. Where a version of it keeps its tape elsewhere, all count as read.
 *
 * @param f Gets the inputs, and a function that keeps tensors for the gradients.
 */
export function customGradients(
  inputs: readonly Tensor[],
  f: (inputs: Tensor[], save: (tensors: Tensor[]) => void) => Differentiable,
): Tensor {
  let read: object | undefined;
  const y = customGrad((...args) => {
    const save = args.pop() as unknown as (tensors: Tensor[]) => void;
    const {value, gradients} = f(args as Tensor[], save);
    const isRead = (input: number) => read === undefined || String(input) in read;
    return {value, gradFunc: (dy, saved) => gradients(dy, saved, isRead)};
  })(...inputs);
  const tape = (engine().state as {activeTape?: TapeNode[] | null}).activeTape;
  const node = tape?.at(-1);
  const gradient = node?.gradient;
  if (node === undefined || gradient === undefined || node.outputs[0] !== y) return y;
  node.gradient = function (this: TapeNode, dys) {
    read = this.inputs;
    try {
      return gradient.call(this, dys);
    } finally {
      read = undefined;
    }
  };
  return y;
}
