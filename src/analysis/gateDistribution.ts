import type {LayersModel, Sequential} from '@tensorflow/tfjs-layers';
import {perplexityOf} from '../callbacks/Perplexity.js';
import {GATE_NAMES} from '../functional/gates.js';
import {invalid} from '../functional/validate.js';
import {everyLayer} from '../layers/everyLayer.js';
import {LogicGateLayer} from '../layers/LogicGateLayer.js';

/** How often each gate is the mode of a layer's units. */
export interface GateDistribution {
  /** The layer's name. */
  readonly layer: string;
  /** Number of units per gate, each unit counted at its mode; 16 numbers. */
  readonly counts: readonly number[];
  /** The gates' names, in the order of `counts`. */
  readonly names: readonly string[];
  /** exp of the entropy of the counts, 1 to 16. */
  readonly perplexity: number;
}

/**
 * Histogram of the modes of the units of each logic-gate layer.
 *
 * @see Shah et al., arXiv:2410.13331, figure 5.
 * @example
 * const network = tf.sequential();
 * network.add(layers.logicGateLayer({units: 64, inputShape: [16]}));
 * const [distribution] = await gateDistribution(network);
 * distribution?.counts; // units per gate, in the order of `names`
 */
export async function gateDistribution(model: LayersModel | Sequential): Promise<GateDistribution[]> {
  if (!Array.isArray(model?.layers)) throw invalid('gateDistribution', 'model', 'a model', model);
  const gateLayers = everyLayer(model).filter((layer) => layer instanceof LogicGateLayer);
  return Promise.all(
    gateLayers.map(async (layer) => {
      const gates = layer.gateModes();
      const counts = GATE_NAMES.map(() => 0);
      for (const gate of await gates.data()) counts[gate]!++;
      gates.dispose();
      return {layer: layer.name, counts, names: GATE_NAMES, perplexity: perplexityOf(counts)};
    }),
  );
}
