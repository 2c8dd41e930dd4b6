import {engine, env, type KernelBackend, type Tensor, type TensorInfo} from '@tensorflow/tfjs-core';

/** The part of tfjs-core's engine that this uses. */
interface Engine {
  clone(x: Tensor): Tensor;
  makeTensorFromTensorInfo(info: TensorInfo): Tensor;
  readonly backendName: string;
  readonly backend: KernelBackend;
  readonly state: {
    readonly gradientDepth: number;
    readonly profiling: boolean;
    readonly tensorInfo: WeakMap<object, {readonly backend: KernelBackend}>;
  };
}

/**
 * Saves tensors for gradients by a reference to their memory.
 *
 * tfjs-core clones every tensor that a gradient needs with the kernel `Identity` and records the clone on the tape, a quarter of all
 * kernels in the training step of a small network. The record serves gradients of gradients alone: those are cloned as before.
 *
 * @returns A function that undoes this, or undefined if tfjs-core saves tensors in another way.
 */
export function shareSavedTensors(backendName: string): (() => void) | undefined {
  const core = engine() as unknown as Engine;
  const {clone} = core;
  if (typeof clone !== 'function' || typeof core.makeTensorFromTensorInfo !== 'function') return undefined;
  const inherited = !Object.hasOwn(core, 'clone');
  const share = function (this: Engine, x: Tensor): Tensor {
    const {backend, state} = this;
    const {dataId, shape, dtype} = x;
    const isSimple = state.gradientDepth === 1 && !state.profiling && !env().getBool('DEBUG');
    const isHere = this.backendName === backendName && state.tensorInfo.get(dataId)?.backend === backend;
    if (!isSimple || !isHere || dtype === 'string' || dtype === 'complex64') return clone.call(this, x);
    backend.incRef(dataId);
    return this.makeTensorFromTensorInfo({dataId, shape, dtype});
  };
  core.clone = share;
  return () => {
    if (core.clone !== share) return;
    if (inherited) delete (core as Partial<Engine>).clone;
    else core.clone = clone;
  };
}
