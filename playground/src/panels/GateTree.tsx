import {useState} from 'preact/hooks';
import type {GateNode, GatePath} from '../messages.js';
import {whole} from '../page/format.js';
import {layerColour} from '../page/layerColour.js';
import {PixelImage} from '../page/PixelImage.js';
import {classes} from '../state/store.js';

const SIDE = 28;
const COLUMN = 150;
const ROW = 34;
const BOX = {width: 112, height: 26};

interface Placed {
  readonly node: GateNode;
  readonly x: number;
  readonly y: number;
  readonly inputs: readonly Placed[];
}

/** The way from pixels to a vote: one gate of the answer, what it reads, and what that reads. */
export function GateTree({
  path,
  answer,
  pixels,
}: {
  path: GatePath;
  answer: number | undefined;
  pixels: Uint8Array;
}) {
  const [chosen, choose] = useState(0);
  const {examples, votes, gatesPerClass} = path;
  const node = examples[Math.min(chosen, examples.length - 1)];
  if (node === undefined || answer === undefined) return null;
  const {root, width, height} = place(node);
  const all = flatten(root);
  const read = all.filter((one) => one.node.pixel !== undefined).map((one) => one.node.pixel!);
  return (
    <div class="path">
      <h3>From pixels to the answer</h3>
      <p class="hint">
        {whole(votes[answer]!)} of the {whole(gatesPerClass)} gates for “{classes.value[answer]}” output 1,
        the most of all classes. Here is one of them; whatever is 1 is filled in.
      </p>
      <div class="path-figure">
        <svg
          viewBox={`0 0 ${width} ${height}`}
          style={{maxWidth: `${width}px`}}
          role="img"
          aria-label={inWords(node)}
        >
          {all.flatMap((from) =>
            from.inputs.map((to) => (
              <path
                key={`${to.x} ${to.y}`}
                class={to.node.value === 1 ? 'wire on' : 'wire'}
                d={`M ${to.x + BOX.width} ${to.y} C ${to.x + BOX.width + 20} ${to.y}, ${from.x - 20} ${from.y}, ${from.x} ${from.y}`}
              />
            )),
          )}
          {all.map(({node: {gate, layer, value, pixel}, x, y}) => (
            <g
              key={`${x} ${y}`}
              class={value === 1 ? 'gate on' : 'gate'}
              style={{'--layer': layer === 0 ? 'var(--muted)' : `var(${layerColour(layer - 1)})`}}
            >
              <rect
                x={x}
                y={y - BOX.height / 2}
                width={BOX.width}
                height={BOX.height}
                rx={layer === 0 ? 13 : 5}
              />
              <text x={x + BOX.width / 2} y={y + 4} text-anchor="middle">
                {gate ?? `pixel ${(pixel! % SIDE) + 1}, ${Math.floor(pixel! / SIDE) + 1}`}
              </text>
            </g>
          ))}
        </svg>
        <figure>
          <PixelImage
            pixels={marked(pixels, read, path.pixels)}
            label="the pixels that the voting gates read"
          />
          <figcaption>pixels that the voting gates read, brighter where more do</figcaption>
        </figure>
      </div>
      <div class="row">
        <button type="button" id="next-gate" onClick={() => choose((chosen + 1) % examples.length)}>
          Another gate
        </button>
        <span class="hint">
          Gate {Math.min(chosen, examples.length - 1) + 1} of {examples.length}
        </span>
      </div>
    </div>
  );
}

/** Leaves below each other, gates in the middle of what they read, layers from left to right. */
function place(node: GateNode): {root: Placed; width: number; height: number} {
  let leaves = 0;
  const at = (one: GateNode): Placed => {
    const inputs = one.inputs.map(at);
    const y =
      inputs.length === 0
        ? ROW * (leaves++ + 0.5)
        : inputs.reduce((sum, input) => sum + input.y, 0) / inputs.length;
    return {node: one, x: COLUMN * one.layer, y, inputs};
  };
  const root = at(node);
  return {root, width: COLUMN * node.layer + BOX.width, height: ROW * leaves};
}

const flatten = (placed: Placed): Placed[] => [placed, ...placed.inputs.flatMap(flatten)];

/** A tree as a sentence, for those who do not see it. */
function inWords({gate, value, inputs, pixel}: GateNode): string {
  if (gate === undefined) return `pixel ${pixel! % SIDE}, ${Math.floor(pixel! / SIDE)} is ${value}`;
  const read = inputs.length === 0 ? '' : ` of (${inputs.map(inWords).join('; ')})`;
  return `${gate} is ${value}${read}`;
}

/** The drawing, dimmed, with the pixels that gates read. */
function marked(pixels: Uint8Array, read: readonly number[], counts: Uint16Array): Uint8Array {
  const most = Math.max(1, ...counts);
  const shown = Uint8Array.from(counts, (count, i) =>
    Math.min(255, 0.25 * pixels[i]! + (190 * count) / most),
  );
  for (const pixel of read) shown[pixel] = 255;
  return shown;
}
