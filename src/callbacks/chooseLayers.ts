import type {layers} from '@tensorflow/tfjs-layers';
import {invalid} from '../functional/validate.js';
import {everyLayer} from '../layers/everyLayer.js';

type Layer = layers.Layer;

/** @throws unless `names`, if given, is an array of strings; a single string would be split into characters. */
export function checkNames(owner: string, names: unknown): void {
  if (names === undefined) return;
  if (Array.isArray(names) && names.every((name) => typeof name === 'string')) return;
  throw invalid(owner, 'layers', 'an array of names', names);
}

/**
 * The layers of a model that a guard accepts, or those of them that are named.
 *
 * @throws when a name is not among them, listing what there is.
 */
export function chooseLayers<T extends {readonly name: string}>(
  owner: string,
  model: {layers: Layer[]},
  accepts: (layer: object) => layer is T,
  names: readonly string[] | undefined,
): T[] {
  const candidates = (everyLayer(model) as object[]).filter(accepts);
  for (const name of names ?? []) {
    if (candidates.some((layer) => layer.name === name)) continue;
    const known = candidates.map((layer) => `'${layer.name}'`).join(', ') || 'none in this model';
    throw invalid(owner, 'layers', `names of layers that it can serve (${known})`, name);
  }
  return names === undefined ? candidates : candidates.filter(({name}) => names.includes(name));
}
