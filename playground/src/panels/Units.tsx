import {useState} from 'preact/hooks';
import type {LayerActivity} from '../messages.js';
import {percent, short, whole} from '../page/format.js';
import {layerColour} from '../page/layerColour.js';
import {Panel} from '../page/Panel.js';
import {GATES} from '../state/gateNames.js';
import {activity} from '../state/store.js';
import {UnitMap} from './UnitMap.js';

/** What the discrete units do: how much each value is used, and which units learn. */
export function Units() {
  const layers = activity.value;
  return (
    <Panel
      id="activity"
      title="Units"
      lead="What the discrete units did in the latest batches: which values they took, and which of them learned."
    >
      {layers.length === 0 && <p class="hint">Train a network to see its units.</p>}
      <div class="layers">
        {layers.map((layer, i) => (
          <Layer key={layer.name} layer={layer} colour={layerColour(i)} />
        ))}
      </div>
    </Panel>
  );
}

function Layer({layer, colour}: {layer: LayerActivity; colour: string}) {
  const {name, kind, units} = layer;
  const what = {gate: 'gates', binary: 'bits', categorical: 'categories'}[kind];
  return (
    <article class="layer" style={{'--layer': `var(${colour})`}}>
      <h3>
        {name}{' '}
        <small>
          {whole(units)} {what}
        </small>
      </h3>
      {kind === 'gate' ? <GateHistogram counts={layer.usage} /> : <Usage layer={layer} />}
      <DeadMap layer={layer} colour={colour} />
    </article>
  );
}

/** How many units are which gate. */
function GateHistogram({counts}: {counts: Float32Array}) {
  const most = Math.max(1, ...counts);
  const total = counts.reduce((sum, count) => sum + count, 0);
  return (
    <ol class="bars" aria-label="Gates">
      {GATES.map((gate, id) => {
        const count = counts[id] ?? 0;
        return (
          <li key={gate}>
            <span class="bar-label">{gate}</span>
            <span class="bar" style={{'--share': count / most}} />
            <span class="bar-value">{percent(total > 0 ? count / total : 0, 0)}</span>
          </li>
        );
      })}
    </ol>
  );
}

/** How often each bit is 1, or each category is chosen. */
function Usage({layer: {usage, kind, categories, name}}: {layer: LayerActivity}) {
  const [selected, select] = useState(0);
  if (usage.length === 0) return null;
  if (kind === 'categorical') {
    const groups = Array.from({length: usage.length / categories}, (_, group) => group);
    return (
      <div
        class="code-usage"
        role="img"
        aria-label={`How often each of ${categories} categories is chosen, per unit of the code`}
      >
        {groups.map((group) => (
          <div class="code-unit" key={group}>
            {Array.from(usage.subarray(group * categories, (group + 1) * categories), (share, category) => (
              <span key={category} title={`unit ${group + 1}, category ${category + 1}: ${percent(share)}`}>
                <i style={{'--share': share}} />
              </span>
            ))}
          </div>
        ))}
      </div>
    );
  }
  const on = usage.reduce((sum, share) => sum + share, 0) / usage.length;
  return (
    <UnitMap
      id={`usage-${name}`}
      title={`Share of ones: ${percent(on)} on average`}
      values={usage}
      shade={(share) => share}
      colour="--layer"
      selected={selected}
      onSelect={select}
      describe={(unit, share) => `Bit ${unit + 1}: 1 in ${percent(share)} of samples`}
    />
  );
}

/** Which units get a gradient; pale ones get next to none. */
function DeadMap({layer: {gradient, name, kind}}: {layer: LayerActivity; colour: string}) {
  const [selected, select] = useState(0);
  if (gradient.length === 0) return null;
  const dead = gradient.filter((value) => value < 0.1).length;
  const what = {gate: 'Gate', binary: 'Bit', categorical: 'Category'}[kind];
  return (
    <UnitMap
      id={`dead-${name}`}
      title={`Gradient per unit: ${whole(dead)} of ${whole(gradient.length)} below a tenth of the mean`}
      values={gradient}
      shade={(value) => Math.min(1, Math.sqrt(value / 4))}
      isDead={(value) => value < 0.1}
      colour="--layer"
      selected={selected}
      onSelect={select}
      describe={(unit, value) =>
        `${what} ${unit + 1}: ${short(value)} times the layer’s mean gradient${value < 0.1 ? ', dead' : ''}`
      }
    />
  );
}
