import type {layers} from '@tensorflow/tfjs-layers';

type Layer = layers.Layer;

/** All layers of a model, those inside nested models and wrappers included, in their order. */
export function everyLayer(model: {layers: Layer[]}): Layer[] {
  return model.layers.flatMap((layer) => {
    if ('layers' in layer) return everyLayer(layer as unknown as {layers: Layer[]});
    if ('layer' in layer) return [layer, ...everyLayer({layers: [layer.layer as Layer]})];
    return [layer];
  });
}
