import type {layers} from '@tensorflow/tfjs-layers';
import {invalid} from '../functional/validate.js';
import {DiscreteLayer} from '../layers/DiscreteLayer.js';
import {everyLayer} from '../layers/everyLayer.js';

type Layer = layers.Layer;

/** @throws unless `names`, if given, is an array of at least one string; a single string would be split into characters. */
export function checkNames(owner: string, names: unknown): void {
  if (names === undefined) return;
  const listed = Array.isArray(names) && names.every((name) => typeof name === 'string');
  if (!listed) throw invalid(owner, 'layers', 'an array of names', names);
  if (names.length === 0)
    throw invalid(owner, 'layers', 'at least one name, or left out for all layers', names);
}

/**
 * The layers of a model that a guard accepts, or those of them that are named.
 *
 * @param methods What the guard looks for, in words.
 * @throws when a name is not among them, listing what there is.
 */
export function chooseLayers<T extends {readonly name: string}>(
  owner: string,
  model: {layers: Layer[]},
  accepts: (layer: object) => layer is T,
  methods: string,
  names: readonly string[] | undefined,
): T[] {
  const candidates = (everyLayer(model) as object[]).filter(accepts);
  for (const name of names ?? []) {
    if (candidates.some((layer) => layer.name === name)) continue;
    const known = candidates.map((layer) => `'${layer.name}'`).join(', ') || 'none in this model';
    const named = everyLayer(model).find((layer) => layer.name === name);
    const ofUser = named !== undefined && !(named instanceof DiscreteLayer);
    const advice = ofUser ? `; a layer of your own needs ${methods}` : '';
    throw invalid(owner, 'layers', `names of layers that it can serve (${known}${advice})`, name);
  }
  return names === undefined ? candidates : candidates.filter(({name}) => names.includes(name));
}
