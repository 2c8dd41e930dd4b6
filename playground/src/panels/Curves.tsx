import {useMemo} from 'preact/hooks';
import {Chart, type Line} from '../charts/Chart.js';
import {percent, short} from '../page/format.js';
import {layerColour} from '../page/layerColour.js';
import {Panel} from '../page/Panel.js';
import type {Settings} from '../state/settings.js';
import {
  type Curves as AllCurves,
  settings as chosen,
  curves,
  hasRun,
  pin,
  pinned,
  runSettings,
  unpin,
} from '../state/store.js';

const PINNED_COLOURS = ['--pin-1', '--pin-2', '--pin-3', '--pin-4'];

/** Everything that training logs, over its steps, with pinned runs behind. */
export function Curves() {
  const now = curves.value;
  const runs = pinned.value;
  const labelled = (runSettings.value ?? chosen.value).model !== 'autoencoder';
  const charts = useMemo(
    () =>
      chartsOf(
        now,
        runs.map((run, i) => ({...run, colour: PINNED_COLOURS[i]!})),
        labelled,
      ),
    [now, runs, labelled],
  );
  return (
    <Panel
      id="curves"
      title="Curves"
      lead="What training logs after each batch and each epoch. Hover over a chart to read its values at a step."
    >
      <div class="row">
        <button type="button" onClick={pin} disabled={!hasRun.value || runs.length >= PINNED_COLOURS.length}>
          Pin this run
        </button>
        <span class="hint">Pinned runs stay in the charts when you change settings and train again.</span>
      </div>
      {runs.length > 0 && (
        <ul class="pinned">
          {runs.map(({name, settings}, i) => (
            <li key={name}>
              <span class="swatch dashed" style={{'--swatch': `var(${PINNED_COLOURS[i]})`}} />
              <b>{name}</b> {describe(settings)}
              <button
                type="button"
                class="quiet"
                onClick={() => unpin(name)}
                aria-label={`Unpin run ${name}`}
              >
                Unpin
              </button>
            </li>
          ))}
        </ul>
      )}
      <div class="charts">
        {charts.map((chart) => (
          <Chart key={chart.title} {...chart} />
        ))}
      </div>
      {runSettings.value === undefined && <p class="hint">The curves start when you press Train.</p>}
    </Panel>
  );
}

/** A run in one line. */
function describe({
  model,
  units,
  estimator,
  forwardTemperature,
  backwardTemperature,
  learningRate,
  seed,
}: Settings) {
  return `${model}, ${units} units, ${estimator}, tf ${short(forwardTemperature)}, tb ${short(backwardTemperature)}, rate ${short(learningRate)}, seed ${seed}`;
}

type Drawn = AllCurves & {readonly colour: string; readonly name: string};

/** @param labelled Whether the network classifies: then it has an accuracy, before the first batch too. */
function chartsOf(now: AllCurves, runs: readonly Drawn[], labelled: boolean) {
  const {trace, points} = now;
  const steps = points.map(({step}) => step);
  const keyed = (key: string, from = points) => from.map(({logs}) => logs[key] ?? null);
  const pinnedLines = (key: string): Line[] =>
    runs.map((run) => ({
      label: run.name,
      colour: run.colour,
      dash: true,
      x: run.points.map(({step}) => step),
      y: keyed(key, run.points),
    }));
  const layerNames = [...new Set(points.flatMap(({logs}) => Object.keys(logs)))]
    .filter((key) => key.startsWith('perplexity/'))
    .map((key) => key.slice('perplexity/'.length));
  const perLayer = (metric: string): Line[] =>
    layerNames.map((name, i) => ({
      label: name,
      colour: layerColour(i),
      x: steps,
      y: keyed(`${metric}/${name}`),
    }));
  return [
    {
      title: 'Loss',
      hint: 'Lower is better. In training, units are sampled; in the test, each takes its mode.',
      lines: [
        {label: 'training', colour: '--ink', faint: true, x: trace.step, y: trace.loss},
        {label: 'test', colour: '--accent', x: steps, y: keyed('val_loss')},
        ...pinnedLines('val_loss'),
      ],
    },
    ...(labelled
      ? [
          {
            title: 'Accuracy',
            hint: 'Share of images that are classified correctly.',
            format: (value: number) => percent(value, 1),
            tick: (value: number) => percent(value, 0),
            lines: [
              {label: 'training', colour: '--ink', faint: true, x: trace.step, y: trace.accuracy},
              {label: 'test', colour: '--accent', x: steps, y: keyed('val_acc')},
              ...pinnedLines('val_acc'),
            ],
          },
        ]
      : []),
    {
      title: 'Perplexity',
      hint: 'How many values the units of a layer effectively use; in a layer of gates, how many of the 16 kinds of gate.',
      lines: perLayer('perplexity'),
    },
    {
      title: 'Dead units',
      hint: 'Percent of units whose gradient is below a tenth of their layer’s mean.',
      format: (value: number) => `${short(value)} %`,
      lines: [...perLayer('deadUnits'), ...pinnedLines('deadUnits')],
    },
    {
      title: 'Gradient norm',
      hint: 'L2 norm of the gradients of all weights.',
      lines: [
        {label: 'all weights', colour: '--accent', x: steps, y: keyed('gradientNorm')},
        ...pinnedLines('gradientNorm'),
      ],
    },
  ];
}
