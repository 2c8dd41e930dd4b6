import type {LayersModel, Sequential} from '@tensorflow/tfjs-layers';
import {GATE_NAMES} from '../../functional/gates.js';
import {everyLayer} from '../../layers/everyLayer.js';
import {reportsUsage} from '../UsageStatistic.js';
import {escapeHtml} from './escapeHtml.js';

/** The histogram of the modes of each gate layer's units, a bar per gate. */
export async function gateHistograms(
  model: LayersModel | Sequential,
  colourOf: (layer: string) => string,
): Promise<string[]> {
  const gateLayers = (everyLayer(model) as object[]).filter(
    (layer) => reportsUsage(layer) && 'gateModes' in layer,
  );
  return Promise.all(
    gateLayers.filter(reportsUsage).map(async (layer) => {
      const [counts = []] = (await layer.usage?.(undefined, 0)) ?? [];
      const most = Math.max(1, ...counts);
      const total = counts.reduce((sum, count) => sum + count, 0) || 1;
      const rows = GATE_NAMES.map((name, gate) => {
        const count = counts[gate] ?? 0;
        const share = ((100 * count) / total).toFixed(1);
        return (
          `<li title="${escapeHtml(name)}: ${count} of ${total} gates, ${share} %"><span>${escapeHtml(name)}</span>` +
          `<b style="width:${((100 * count) / most).toFixed(1)}%;background:${colourOf(layer.name)}"></b><span>${count}</span></li>`
        );
      });
      return `<figure><figcaption>Gates of ${escapeHtml(layer.name)}</figcaption><p class="note">Most likely gate of each of ${total} units.</p><ol class="bars">${rows.join('')}</ol></figure>`;
    }),
  );
}
