import type {KernelConfig, serialization} from '@tensorflow/tfjs-core';
import type {layers} from '@tensorflow/tfjs-layers';
import type {InjectionToken} from 'tsyringe';
import type {EventWriterFactory} from '../callbacks/tensorboard/EventWriter.js';
import type {Estimator} from '../functional/index.js';

/** A class of layers that `tf.serialization` can make from its config. */
export type LayerClass = serialization.SerializableConstructor<layers.Layer> & {readonly className: string};

/** Kernel implementations for one backend. */
export interface KernelSet {
  /** The TensorFlow.js backend that the kernels run on. */
  readonly backendName: string;
  /** The kernels, as for `registerKernel`. */
  readonly kernels: readonly KernelConfig[];
}

/** Gradient estimators, many. */
export const ESTIMATOR: InjectionToken<Estimator> = Symbol.for('tfjs-discrete/estimator');
/** Layer classes, many. */
export const LAYER_CLASS: InjectionToken<LayerClass> = Symbol.for('tfjs-discrete/layerClass');
/** What opens event files for the TensorBoard callback, at most one per container. */
export const EVENT_WRITER: InjectionToken<EventWriterFactory> = Symbol.for('tfjs-discrete/eventWriter');
/** Sets of kernels, many. */
export const KERNEL_SET: InjectionToken<KernelSet> = Symbol.for('tfjs-discrete/kernelSet');
