import {
  BatchMatMul,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
  engine,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import {floatsOf, type WasmBackend} from './heap.js';

/**
 * Fused operations whose gradient function computes the gradients of all inputs at once, and the kernels
 * that compute those of inputs 0 and 1, in the order of their calls. tfjs-core discards gradients that no variable needs,
 * such as the first layer's with respect to the data, only after they have been computed.
 */
const FUSED: Readonly<Record<string, readonly [string, string]>> = {
  fusedMatMul__op: [BatchMatMul, BatchMatMul],
  fusedConv2d__op: [Conv2DBackpropInput, Conv2DBackpropFilter],
  fusedDepthwiseConv2d__op: [DepthwiseConv2dNativeBackpropInput, DepthwiseConv2dNativeBackpropFilter],
};

/** The part of tfjs-core's tape that this uses. Nodes on the path of back-propagation list only inputs that need a gradient. */
interface Tape {
  addTapeNode(kernelName: string, inputs: object, ...rest: unknown[]): void;
  readonly state: {readonly activeTape: {inputs: object; gradient?: (dys: unknown) => object}[] | null};
}

/** Kernels that the running gradient function has yet to call, and whether their output is used. */
let expected: {kernelName: string; used: boolean}[] = [];

/**
 * Makes the tape record which gradients of a fused operation will be discarded.
 *
 * @returns A function that undoes this, or undefined if tfjs-core has no such tape.
 */
export function watchTape(): (() => void) | undefined {
  const tape = engine() as unknown as Tape;
  const original = tape.addTapeNode;
  if (typeof original !== 'function') return undefined;
  const inherited = !Object.hasOwn(tape, 'addTapeNode');
  const recording = function addTapeNode(
    this: Tape,
    kernelName: string,
    ...rest: [object, ...unknown[]]
  ): void {
    original.call(this, kernelName, ...rest);
    const node = this.state.activeTape?.at(-1);
    const kernels = FUSED[kernelName];
    const gradient = node?.gradient;
    if (kernels === undefined || node === undefined || gradient === undefined) return;
    node.gradient = function (this: typeof node, dys: unknown): object {
      expected = kernels.map((each, i) => ({kernelName: each, used: String(i) in this.inputs}));
      try {
        return gradient(dys);
      } finally {
        expected = [];
      }
    };
  };
  tape.addTapeNode = recording;
  return () => {
    if (tape.addTapeNode !== recording) return;
    if (inherited) delete (tape as Partial<Tape>).addTapeNode;
    else tape.addTapeNode = original;
  };
}

/** Whether this call of a kernel computes a gradient that will be discarded. */
export function isUnused(kernelName: string): boolean {
  const i = expected.findIndex((each) => each.kernelName === kernelName);
  return i >= 0 && !expected.splice(i, 1)[0]!.used;
}

/** A gradient that will be discarded. */
export function zeros(backend: WasmBackend, shape: number[]): TensorInfo {
  const out = backend.makeOutput(shape, 'float32');
  floatsOf(backend, out).fill(0);
  return out;
}
