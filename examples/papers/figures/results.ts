/**
 * What do recorded runs look like? Draws curves over epochs, means over seeds with 95 % confidence bands, or the gates that
 * logic networks have come to (arXiv:2410.13331, figures 2 to 5), and prints the table.
 *
 *     node --import tsx examples/papers/figures/results.ts docs/results/data/sbn.jsonl --keys val_loss val_acc deadUnits
 *     node --import tsx examples/papers/figures/results.ts docs/results/data/dln.jsonl --gates
 */
import {Command} from 'commander';
import {functional} from 'tfjs-discrete';
import {writeAtomically} from '../../mnist/files.js';
import {labelOf} from '../experiment.js';
import {type Result, readResults} from '../results.js';
import {estimate} from '../statistics.js';
import {draw, type Lines, type Panel} from './plot.js';

const TITLES: Record<string, string> = {
  loss: 'Training loss',
  val_loss: 'Validation loss',
  acc: 'Training accuracy',
  val_acc: 'Validation accuracy',
  deadUnits: 'Dead units, %',
  'deadUnits<0.00128': 'Units below 1e-5 of the batch loss, %',
  'perplexity/code': 'Perplexity of the code',
  'val_perplexity/code': 'Perplexity of modes, validation',
  test_loss: 'Loss on the test set',
  test_acc: 'Accuracy on the test set',
  test_sampled_loss: 'Loss on the test set, sampled',
  test_sampled_acc: 'Accuracy on the test set, sampled',
  gradientNorm: 'Gradient norm',
};

interface Options {
  keys: string[];
  only?: string[];
  with: string[];
  gates?: boolean;
  output?: string;
  columns: string;
}

const command = new Command('node --import tsx examples/papers/figures/results.ts')
  .description('Draws recorded runs.')
  .argument('<file>', 'one line of JSON per run')
  .option('--keys <key...>', 'figures to draw over epochs', ['val_loss', 'val_acc', 'deadUnits'])
  .option('--only <text...>', 'only configurations whose name contains one of the texts')
  .option('--with <setting=value...>', 'only runs with these settings, such as epochs=60', [])
  .option('--gates', 'draws the distribution of gates instead of curves')
  .option('--columns <n>', 'panels side by side', '3')
  .option('--output <file>', 'SVG')
  .parse();
const options = command.opts<Options>();
const [file] = command.args as [string];
const results = (await readResults(file)).filter(({configuration, settings}) => {
  const given = Object.entries(settings).map(([setting, value]) => `${setting}=${value}`);
  return (
    options.with.every((setting) => given.includes(setting)) &&
    (options.only?.some((text) => labelOf(configuration).includes(text)) ?? true)
  );
});
const rates = new Set(results.map(({configuration}) => configuration.learningRate));
const labels = [...new Set(results.map(nameOf))];
const runsOf = (label: string) => results.filter((result) => nameOf(result) === label);
const panels = options.gates ? [gates()] : options.keys.map(curves);
const output = options.output ?? `runs/papers/figures/${file.split('/').at(-1)!.replace('.jsonl', '.svg')}`;
await writeAtomically(output, await draw(panels, Number(options.columns)));
console.log(output);

/** A configuration's label, without a learning rate that all share. */
function nameOf({configuration: {learningRate, ...rest}}: Result): string {
  return labelOf(rates.size === 1 || learningRate === undefined ? rest : {...rest, learningRate});
}

function curves(key: string): Lines {
  return {
    kind: 'lines',
    title: TITLES[key] ?? key,
    xTitle: 'epoch',
    yTitle: '',
    series: labels.map((name) => ({name, points: pointsOf(runsOf(name), key)})),
  };
}

function pointsOf(runs: readonly Result[], key: string) {
  const epochs = Math.max(...runs.map(({history}) => history[key]?.length ?? 0));
  return Array.from({length: epochs}, (_, epoch) => {
    const values = runs.map(({history}) => history[key]?.[epoch]).filter((value) => value !== undefined);
    const {mean, halfWidth} = estimate(values);
    const half = Number.isNaN(halfWidth) ? 0 : halfWidth;
    return {x: epoch + 1, y: mean, low: mean - half, high: mean + half};
  });
}

/** Share of each gate among all gates of all layers and seeds. */
function gates(): Panel {
  const names = functional.GATE_NAMES;
  const series = labels.map((name) => {
    const counts = runsOf(name).flatMap(({history}) =>
      Object.entries(history)
        .filter(([key]) => key.startsWith('gates/'))
        .map(([, layer]) => layer),
    );
    const total = counts.flat().reduce((sum, count) => sum + count, 0);
    const share = (gate: number) => (100 * counts.reduce((sum, layer) => sum + layer[gate]!, 0)) / total;
    return {name, values: names.map((_, gate) => share(gate))};
  });
  return {kind: 'bars', title: 'Gates', xTitle: '', yTitle: '% of gates', names, series};
}
