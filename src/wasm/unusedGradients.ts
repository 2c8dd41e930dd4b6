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
 * Fused operations whose gradient function computes the gradient of every input at once, and the kernels
 * that compute those of inputs 0 and 1, in the order of their calls. tfjs-core drops what no variable needs,
 * such as the gradient of a first layer for the data, only after it has been computed.
 */
const FUSED: Readonly<Record<string, readonly [string, string]>> = {
  fusedMatMul__op: [BatchMatMul, BatchMatMul],
  fusedConv2d__op: [Conv2DBackpropInput, Conv2DBackpropFilter],
  fusedDepthwiseConv2d__op: [DepthwiseConv2dNativeBackpropInput, DepthwiseConv2dNativeBackpropFilter],
};

/** What this uses of tfjs-core's tape. A node that back-propagation visits lists only the inputs that count. */
interface Tape {
  addTapeNode(kernelName: string, inputs: object, ...rest: unknown[]): void;
  readonly state: {readonly activeTape: {inputs: object; gradient?: (dys: unknown) => object}[] | null};
}

/** Kernels that the gradient function under way has yet to call, and whether their output is for anyone. */
let expected: {kernelName: string; used: boolean}[] = [];

/**
 * Has the tape say which gradients of a fused operation nobody will read.
 *
 * @returns A function that undoes it, or undefined where tfjs-core has no such tape.
 */
export function watchTape(): (() => void) | undefined {
  const tape = engine() as unknown as Tape;
  const original = tape.addTapeNode;
  if (typeof original !== 'function') return undefined;
  const inherited = !Object.hasOwn(tape, 'addTapeNode');
  const watching = function addTapeNode(
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
  tape.addTapeNode = watching;
  return () => {
    if (tape.addTapeNode !== watching) return;
    if (inherited) delete (tape as Partial<Tape>).addTapeNode;
    else tape.addTapeNode = original;
  };
}

/** Whether this call of a kernel computes a gradient that will be thrown away. */
export function isUnused(kernelName: string): boolean {
  const i = expected.findIndex((each) => each.kernelName === kernelName);
  return i >= 0 && !expected.splice(i, 1)[0]!.used;
}

/** Stands in for what is thrown away. */
export function zeros(backend: WasmBackend, shape: number[]): TensorInfo {
  const out = backend.makeOutput(shape, 'float32');
  floatsOf(backend, out).fill(0);
  return out;
}
