import {registerKernel, serialization} from '@tensorflow/tfjs-core';
import type {DependencyContainer, InjectionToken} from 'tsyringe';
import {type EventWriterFactory, installEventWriterSource} from '../callbacks/tensorboard/EventWriter.js';
import {installEstimatorSource} from '../functional/estimators/index.js';
import {BUILT_IN_ESTIMATORS, type Estimator} from '../functional/index.js';
import {invalid} from '../functional/validate.js';
import {LAYER_CLASSES} from '../layers/index.js';
import {checkEstimator} from './checkEstimator.js';
import {ESTIMATOR, EVENT_WRITER, KERNEL_SET, type KernelSet, LAYER_CLASS, type LayerClass} from './tokens.js';

/** What is installed, the one that is asked last. */
const installations: {readonly registry: Registry}[] = [];

/**
 * Names to parts: what users add to the built-in estimators, layers, event writers and kernel sets, in a
 * tsyringe container under explicit tokens. A child sees its parent's parts and keeps its own to itself.
 * @example
 * class Halve extends tf.layers.Layer {
 *   static readonly className = 'Halve';
 *   override call(inputs: tf.Tensor | tf.Tensor[]) {
 *     return tf.mul(Array.isArray(inputs) ? inputs[0]! : inputs, 0.5);
 *   }
 * }
 * registry.registerLayer(Halve); // models that hold it can be loaded
 */
export class Registry {
  constructor(
    /** The tsyringe container that holds the registered parts. */
    readonly container: DependencyContainer,
    private readonly parent?: Registry,
  ) {}

  /**
   * Adds an estimator. Once this registry is installed, its id works in every layer and function.
   *
   * @throws when the object is not an estimator, or when its id is taken, listing the known ids.
   */
  registerEstimator(estimator: Estimator): this {
    checkEstimator(estimator);
    const known = [...BUILT_IN_ESTIMATORS, ...this.estimators()].map(({id}) => id);
    assertNotTaken('Estimator', 'id', estimator.id, known);
    this.container.register(ESTIMATOR, {useValue: estimator});
    return this;
  }

  /**
   * Adds a layer class and makes it known to `tf.serialization`, so that models that hold it load.
   *
   * @throws when it is not a class of layers, or its class name is taken by another class, which would silently replace it.
   */
  registerLayer(layerClass: LayerClass): this {
    const {className} = checkLayerClass(layerClass);
    const taken = serialization.SerializationMap.getMap().classNameMap[className]?.[0];
    if (taken !== undefined && (taken as unknown) !== layerClass) {
      const known = [...LAYER_CLASSES, ...this.layers()].map((one) => one.className);
      assertNotTaken('Layer', 'className', className, [...new Set([className, ...known])]);
    }
    serialization.registerClass(layerClass);
    this.container.register(LAYER_CLASS, {useValue: layerClass});
    return this;
  }

  /** Has the TensorBoard callback open its files with `factory` once this registry is installed. */
  registerEventWriter(factory: EventWriterFactory): this {
    if (typeof factory !== 'function') throw invalid('Registry', 'factory', 'a function', factory);
    this.container.register(EVENT_WRITER, {useValue: factory});
    return this;
  }

  /** Adds kernels of a backend to TensorFlow.js, in place of kernels of the same name. */
  registerKernelSet(kernelSet: KernelSet): this {
    if (!Array.isArray(kernelSet?.kernels)) {
      throw invalid('Registry', 'kernelSet', 'a backend’s name and its kernels', kernelSet);
    }
    for (const kernel of kernelSet.kernels) {
      if (kernel.backendName === kernelSet.backendName) continue;
      throw invalid('KernelSet', 'kernels', `all of backend '${kernelSet.backendName}'`, kernel.backendName);
    }
    for (const kernel of kernelSet.kernels) registerKernel(kernel);
    this.container.register(KERNEL_SET, {useValue: kernelSet});
    return this;
  }

  /**
   * Estimators added here and in the parents, without the built-in ones.
   *
   * @throws when a parent has been given an id that was taken here, listing such ids: either would hide the other.
   */
  estimators(): Estimator[] {
    const all = this.all(ESTIMATOR);
    const ids = all.map(({id}) => id);
    const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
    if (twice.length > 0) throw invalid('Registry', 'id', 'of one estimator here and in the parents', twice);
    return all;
  }

  /** Layer classes added here and in the parents, without the built-in ones. */
  layers(): LayerClass[] {
    return this.all(LAYER_CLASS);
  }

  /** Kernel sets added here and in the parents. */
  kernelSets(): KernelSet[] {
    return this.all(KERNEL_SET);
  }

  /** The nearest event writer, if any was added. */
  eventWriter(): EventWriterFactory | undefined {
    return this.container.isRegistered(EVENT_WRITER, true) ? this.container.resolve(EVENT_WRITER) : undefined;
  }

  /** A registry of its own on top of this one, for tests and for models that must not see each other's parts. */
  createChild(): Registry {
    return new Registry(this.container.createChildContainer(), this);
  }

  /**
   * Makes this the registry that layers, functions and callbacks ask.
   *
   * @returns a function that takes this installation back, whatever was installed after it: the latest one that is
   *   left is asked then.
   * @throws as `estimators` does.
   */
  install(): () => void {
    this.estimators();
    const installation = {registry: this};
    installations.push(installation);
    installEstimatorSource(() => installations.at(-1)?.registry.estimators() ?? []);
    installEventWriterSource(() => installations.at(-1)?.registry.eventWriter());
    return () => {
      const index = installations.indexOf(installation);
      if (index >= 0) installations.splice(index, 1);
    };
  }

  private all<T>(token: InjectionToken<T>): T[] {
    const own = this.container.isRegistered(token) ? this.container.resolveAll(token) : [];
    return [...(this.parent?.all(token) ?? []), ...own];
  }
}

/** @throws unless `tf.serialization` can make layers of it. */
function checkLayerClass(layerClass: LayerClass): LayerClass {
  if (typeof layerClass !== 'function') {
    throw invalid('Registry', 'layerClass', 'a class of layers', layerClass);
  }
  const {className} = layerClass;
  if (typeof className !== 'string' || className === '') {
    throw invalid('Layer', 'className', 'the name that saved models carry', className);
  }
  return layerClass;
}

function assertNotTaken(owner: string, field: string, name: string, known: readonly string[]): void {
  if (!known.includes(name)) return;
  throw invalid(owner, field, `new; taken are ${known.map((one) => `'${one}'`).join(', ')}`, name);
}
