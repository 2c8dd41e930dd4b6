import {GATE_NAMES} from '../../functional/gates.js';
import {invalid} from '../../functional/validate.js';
import type {CircuitParts} from '../Circuit.js';
import {levels} from '../statistics.js';

/** Gates and bits that a diagram can hold and still be read. */
const MOST_NODES = 2000;

/** A box of the diagram: an input bit that something reads, a gate, or a score. */
interface Node {
  readonly id: string;
  readonly label: string;
  readonly kind: 'bit' | 'gate' | 'score';
  readonly column: number;
  readonly inputs: readonly string[];
}

/** @throws when the circuit is too large to be drawn. */
function nodesOf(owner: string, circuit: CircuitParts): Node[] {
  const {bits, gates, scores, featureNames, temperature} = circuit;
  const count = bits.feature.length;
  if (count + gates.id.length > MOST_NODES) {
    const requirement = `one of at most ${MOST_NODES} bits and gates; try \`simplify()\` or \`explain()\``;
    throw invalid(owner, 'circuit', requirement, count + gates.id.length);
  }
  const level = levels(circuit);
  const id = (signal: number) => (signal < count ? `b${signal}` : `g${signal - count}`);
  const gateNodes = Array.from(gates.id, (gate, i): Node => {
    const [a, b] = [id(gates.a[i]!), id(gates.b[i]!)];
    const inputs =
      gate === 0 || gate === 15
        ? []
        : gate === 3 || gate === 12
          ? [a]
          : gate === 5 || gate === 10
            ? [b]
            : [a, b];
    return {id: `g${i}`, label: GATE_NAMES[gate]!, kind: 'gate', column: level[count + i]!, inputs};
  });
  const last = 1 + gateNodes.reduce((most, {column}) => Math.max(most, column), 0);
  const scoreNodes = scores.map(({name, signals, offset}, i): Node => {
    const division = temperature === 1 ? '' : ` / ${temperature}`;
    const label = `${name}${offset > 0 ? ` (+${offset})` : ''}${division}`;
    return {id: `s${i}`, label, kind: 'score', column: last, inputs: Array.from(signals, id)};
  });
  const read = new Set([...gateNodes, ...scoreNodes].flatMap(({inputs}) => inputs));
  const bitNodes = Array.from(bits.feature, (feature, i): Node => {
    const label = `${featureNames[feature]} > ${Number(bits.threshold[i]!.toPrecision(6))}`;
    return {id: `b${i}`, label, kind: 'bit', column: 0, inputs: []};
  }).filter((node) => read.has(node.id));
  return [...bitNodes, ...gateNodes, ...scoreNodes];
}

/** @see Circuit.toDot */
export function circuitToDot(circuit: CircuitParts): string {
  const nodes = nodesOf('Circuit.toDot', circuit);
  const shapes = {bit: 'plaintext', gate: 'box', score: 'ellipse'};
  const text = (label: string) => JSON.stringify(label.replace(/\p{Cc}/gu, ' '));
  return [
    'digraph circuit {',
    '  rankdir=LR;',
    ...nodes.map(({id, label, kind}) => `  ${id} [label=${text(label)}, shape=${shapes[kind]}];`),
    ...nodes.flatMap(({id, inputs}) => inputs.map((input) => `  ${input} -> ${id};`)),
    '}',
    '',
  ].join('\n');
}

const BOX = {width: 110, height: 24, across: 70, down: 10, margin: 16};

/** @see Circuit.toSvg */
export function circuitToSvg(circuit: CircuitParts): string {
  const nodes = nodesOf('Circuit.toSvg', circuit);
  const columns: Node[][] = [];
  for (const node of nodes) {
    columns[node.column] ??= [];
    columns[node.column]!.push(node);
  }
  const positions = new Map<string, {x: number; y: number}>();
  let height = 0;
  columns.forEach((column, i) => {
    // Each box stands about where its inputs do, so that few lines cross.
    const wanted = new Map(
      column.map(({id, inputs}, row) => {
        const heights = inputs.map((input) => positions.get(input)!.y);
        const mean = heights.reduce((sum, y) => sum + y, 0) / heights.length;
        return [id, heights.length > 0 ? mean : row * (BOX.height + BOX.down)];
      }),
    );
    let y = BOX.margin;
    for (const {id} of [...column].sort((p, q) => wanted.get(p.id)! - wanted.get(q.id)!)) {
      y = Math.max(y, i === 0 ? 0 : wanted.get(id)!);
      positions.set(id, {x: BOX.margin + i * (BOX.width + BOX.across), y});
      y += BOX.height + BOX.down;
    }
    height = Math.max(height, y);
  });
  const wires = nodes.flatMap(({id, inputs}) =>
    inputs.map((input) => {
      const [from, to] = [positions.get(input)!, positions.get(id)!];
      const [x1, y1] = [from.x + BOX.width, from.y + BOX.height / 2];
      const [x2, y2] = [to.x, to.y + BOX.height / 2];
      const middle = (x1 + x2) / 2;
      return `<path d="M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}"/>`;
    }),
  );
  const boxes = nodes.map(({id, label, kind}) => {
    const {x, y} = positions.get(id)!;
    const size = `x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}"`;
    const words = `<text x="${x + BOX.width / 2}" y="${y + BOX.height / 2}">${escaped(shortened(label))}</text>`;
    return `<g class="${kind}"><title>${escaped(label)}</title><rect ${size} rx="4"/>${words}</g>`;
  });
  const total = 2 * BOX.margin + columns.length * (BOX.width + BOX.across) - BOX.across;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${total}" height="${height + BOX.margin}" font-family="sans-serif" font-size="11">
<style>path{fill:none;stroke:#888}rect{fill:#fff;stroke:#333}.bit rect{fill:#e8f0fe}.score rect{fill:#e6f4ea}text{text-anchor:middle;dominant-baseline:central;fill:#111}</style>
${wires.join('\n')}
${boxes.join('\n')}
</svg>
`;
}

function shortened(label: string): string {
  return label.length > 18 ? `${label.slice(0, 17)}…` : label;
}

function escaped(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (letter) => entities[letter]!).replace(/\p{Cc}/gu, ' ');
}
