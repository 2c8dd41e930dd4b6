import type {layers} from '@tensorflow/tfjs-layers';

type Layer = layers.Layer;

/** Every layer that symbolic tensors connect with this one, itself included, in order of creation. */
export function connectedLayers(layer: Layer): Layer[] {
  const found = new Set<Layer>([layer]);
  for (const current of found) {
    for (const node of current.inboundNodes) for (const source of node.inboundLayers) found.add(source);
    for (const node of current.outboundNodes) found.add(node.outboundLayer);
  }
  return [...found].sort((one, other) => one.id - other.id);
}
