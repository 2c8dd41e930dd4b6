import {serialization} from '@tensorflow/tfjs-core';
import type {Shape} from '@tensorflow/tfjs-layers';
import {layers, models} from '@tensorflow/tfjs-layers';
import {invalid} from '../functional/validate.js';
import {LAYER_CLASSES} from '../layers/index.js';
import {OWNER} from './modelFolder.js';

/** Values that a model may hold beyond those in its weights files: 4 Mi, 16 MB of float32. */
export const SPARE_VALUES = 2 ** 22;

/** Values that a layer may give for each sample: 2 Gi. */
const LARGEST_OUTPUT = 2 ** 31;

/** Fields of a layer's config that say how many of something it makes. */
const COUNTS = [
  'units',
  'filters',
  'thresholds',
  'codes',
  'categories',
  'groups',
  'candidates',
  'input_dim',
  'output_dim',
];

type Json = Readonly<Record<string, unknown>>;

/**
 * Makes sure that a model's layers will hold no more values than the weights files have, give or take `SPARE_VALUES`,
 * and that its graph can be built, before TensorFlow.js builds it.
 *
 * A topology of 1 KB can ask for weights of terabytes, which end the process. So the model is built once without
 * weights: each layer only says how large they would be. What fails for another reason is left to the loading that follows, whose
 * errors are TensorFlow.js's own.
 *
 * @param topology `modelTopology` of a layers model.
 * @param values Number of values in the weights files.
 * @throws if a layer requires more, or if the graph has a node that never gets its inputs.
 */
export async function assertModelFits(topology: unknown, values: number): Promise<void> {
  const config = (topology as Json | null)?.model_config ?? topology;
  const limit = values + SPARE_VALUES;
  for (const object of objectsIn(config)) {
    assertKnown(object);
    assertCounts(object, limit);
    if (isGraph(object)) assertEveryNodeGetsItsInputs(object);
  }
  await buildWithoutWeights(config as Json, limit);
}

/** @throws for a layer of this package that TensorFlow.js was not told of: its own error does not say what to import. */
function assertKnown({class_name: className}: Json): void {
  const known = serialization.SerializationMap.getMap().classNameMap;
  if (!LAYER_CLASSES.some((one) => one.className === className) || Object.hasOwn(known, String(className)))
    return;
  throw invalid(OWNER, 'class_name', "a registered layer: import 'tfjs-discrete' before loading", className);
}

/** Some layers make arrays of their own before they ask for weights. */
function assertCounts({class_name: className, config}: Json, limit: number): void {
  if (typeof className !== 'string' || !isObject(config)) return;
  for (const field of COUNTS) {
    const count = config[field] ?? config[camelCase(field)];
    if (typeof count === 'number' && !(count <= limit)) {
      const owner = `${className} ${JSON.stringify(config.name ?? '')}`;
      throw invalid(OWNER, `${field}\` of \`${owner}`, tooLarge(limit), count);
    }
  }
}

const camelCase = (key: string) => key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
const tooLarge = (limit: number) => `at most ${limit}, given the weights saved with the model`;

/** Builds the model with variables that have a shape and no values. */
async function buildWithoutWeights(config: Json, limit: number): Promise<void> {
  const {prototype} = layers.Layer as unknown as {prototype: {addWeight: unknown}};
  const {addWeight} = prototype;
  let sum = 0;
  let rejected: Error | undefined;
  prototype.addWeight = function (this: layers.Layer, name: string, shape: number[], dtype = 'float32') {
    sum += shape.reduce((product, size) => product * size, 1);
    if (!(sum <= limit)) {
      rejected ??= invalid(OWNER, `${this.name}/${name}`, `of a size that makes ${tooLarge(limit)}`, shape);
      throw rejected;
    }
    return {name, shape, dtype};
  };
  try {
    // Deserializing is synchronous, and done when this call returns: no other code sees the method in between.
    const built = models.modelFromJSON({modelTopology: structuredClone(config)} as never);
    prototype.addWeight = addWeight;
    assertShapes((await built).layers, (error) => {
      rejected = error;
    });
  } catch (error) {
    if (error === rejected) throw error;
  } finally {
    prototype.addWeight = addWeight;
  }
}

/** Layers of TensorFlow.js accept strides of 0, for one, whose outputs have no end. */
function assertShapes(stages: readonly layers.Layer[], reject: (error: Error) => void): void {
  for (const stage of stages) {
    for (const shape of stage.inboundNodes.flatMap(({outputShapes}) => outputShapes as Shape | Shape[])) {
      const sizes = ([shape].flat() as Shape).filter((size) => size !== null);
      const values = sizes.reduce<number>((product, size) => product * size!, 1);
      if (sizes.every((size) => Number.isInteger(size) && size! >= 0) && values <= LARGEST_OUTPUT) continue;
      const error = invalid(
        OWNER,
        `output of \`${stage.name}`,
        `of whole sizes, at most ${LARGEST_OUTPUT}`,
        shape,
      );
      reject(error);
      throw error;
    }
    if ('layers' in stage) assertShapes(stage.layers as layers.Layer[], reject);
  }
}

const isGraph = (object: Json): object is Json & {layers: readonly Json[]} =>
  Array.isArray(object.layers) && object.layers.some((layer) => inboundNodesOf(layer) !== undefined);

const inboundNodesOf = (layer: unknown): unknown =>
  isObject(layer) ? (layer.inbound_nodes ?? layer.inboundNodes) : undefined;

/**
 * TensorFlow.js goes over the layers again and again until every node has been applied. This does the same with counters
 * in place of layers, and stops when a round gets no further.
 */
function assertEveryNodeGetsItsInputs({layers: stages}: {layers: readonly Json[]}): void {
  const applied = new Map<string, number>();
  let waiting: {name: string; inputs: unknown}[] = [];
  for (const stage of stages) {
    const {name, config} = stage ?? {};
    if (typeof name !== 'string' || applied.has(name) || (isObject(config) && config.name !== name)) {
      throw invalid(OWNER, 'name', 'a name that one layer alone has, in its config too', name);
    }
    // Input layers and models have a node from the start.
    const isModel = Array.isArray(config) || (isObject(config) && 'layers' in config);
    applied.set(name, isModel || (stage.class_name ?? stage.className) === 'InputLayer' ? 1 : 0);
    const nodes = inboundNodesOf(stage);
    if (Array.isArray(nodes)) waiting.push(...nodes.map((inputs) => ({name, inputs})));
  }
  const exists = (input: unknown) => {
    const [name, node] = input as [unknown, unknown];
    return applied.has(String(name)) && !(applied.get(String(name))! <= Number(node));
  };
  while (waiting.length > 0) {
    const left = waiting.filter(({name, inputs}) => {
      if (!Array.isArray(inputs) || !inputs.every((input) => Array.isArray(input) && exists(input)))
        return true;
      if (inputs.length > 0) applied.set(name, applied.get(name)! + 1);
      return false;
    });
    if (left.length === waiting.length) {
      throw invalid(OWNER, `inbound_nodes\` of \`${left[0]!.name}`, 'of nodes that exist', left[0]!.inputs);
    }
    waiting = left;
  }
}

/** Every object in a JSON value, itself included. */
function* objectsIn(value: unknown): Generator<Json> {
  const open = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next !== 'object' || next === null) continue;
    if (!Array.isArray(next)) yield next as Json;
    for (const part of Object.values(next)) open.push(part);
  }
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
