import {useEffect, useRef, useState} from 'preact/hooks';
import type {Reading} from '../messages.js';
import {percent, whole} from '../page/format.js';
import {layerColour} from '../page/layerColour.js';
import {Panel} from '../page/Panel.js';
import {PixelImage} from '../page/PixelImage.js';
import {classes, client, embedded, hasRun, latest, runSettings} from '../state/store.js';
import {Bits} from './Bits.js';
import {DrawingPad} from './DrawingPad.js';
import {GateTree} from './GateTree.js';

/** A drawing, and what the network says about it. */
export function Draw() {
  const [pixels, setPixels] = useState<Uint8Array | undefined>(undefined);
  const [reading, setReading] = useState<Reading | undefined>(undefined);
  const asked = useRef(false);
  const newest = useRef<Uint8Array | undefined>(undefined);
  const trained = latest.value;

  // One question at a time; the newest drawing is asked last.
  const ask = async () => {
    if (asked.current) return;
    asked.current = true;
    try {
      for (let drawing = newest.current; drawing !== undefined; ) {
        const answer = await client.ask('read', {pixels: drawing});
        if (newest.current === drawing) {
          setReading(answer);
          return;
        }
        drawing = newest.current;
      }
    } finally {
      asked.current = false;
    }
  };
  const draw = (drawing: Uint8Array | undefined) => {
    newest.current = drawing;
    setPixels(drawing);
    if (drawing === undefined) setReading(undefined);
    else void ask().catch(() => {});
  };
  useEffect(() => {
    if (pixels !== undefined) void ask().catch(() => {});
  }, [trained, hasRun.value]);

  const onClothes = runSettings.value?.data === 'fashion';
  return (
    <Panel
      id="draw"
      title={onClothes ? 'Draw a piece of clothing' : 'Draw a digit'}
      lead="The network answers as it is now, even while it trains. Your drawing is scaled and centred like the digits of MNIST."
    >
      <div class="draw">
        <DrawingPad onDrawing={draw} />
        <div class="answer" aria-live="polite">
          {!hasRun.value && <p class="hint">Train a network first; then it answers here.</p>}
          {hasRun.value && reading === undefined && <p class="hint">Draw something.</p>}
          {reading !== undefined && pixels !== undefined && <Answer reading={reading} pixels={pixels} />}
        </div>
      </div>
      {reading !== undefined && !embedded && (
        <div class="reading">
          <div class="bit-maps">
            {reading.layers.map((layer, i) => (
              <Bits
                key={layer.name}
                layer={layer}
                colour={layerColour(i)}
                classes={votes(layer, reading, i) ? classes.value : []}
              />
            ))}
          </div>
          {reading.path !== undefined && (
            <GateTree path={reading.path} answer={best(reading.scores)} pixels={pixels!} />
          )}
        </div>
      )}
    </Panel>
  );
}

function Answer({reading: {scores, output, path}, pixels}: {reading: Reading; pixels: Uint8Array}) {
  const names = classes.value;
  const answer = best(scores);
  return (
    <>
      <div class="seen">
        <figure>
          <PixelImage pixels={pixels} label="your drawing as the network sees it" />
          <figcaption>input</figcaption>
        </figure>
        {output !== undefined && (
          <figure>
            <PixelImage pixels={output} label="its reconstruction from the code" />
            <figcaption>reconstruction</figcaption>
          </figure>
        )}
        {answer !== undefined && (
          <p class="verdict" id="verdict">
            {names[answer]}
          </p>
        )}
      </div>
      {answer !== undefined && (
        <ol
          class="bars"
          aria-label="Probability of each class"
          style={{'--label': names.every((name) => name.length === 1) ? '1.2em' : '6.2em'}}
        >
          {scores.map((score, i) => (
            <li key={names[i]} class={i === answer ? 'chosen' : ''}>
              <span class="bar-label">{names[i]}</span>
              <span class="bar" style={{'--share': score}} />
              <span class="bar-value">
                {percent(score)}
                {path && <small> {whole(path.votes[i]!)} gates</small>}
              </span>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

/** Whether a layer's gates are the votes for the classes. */
function votes({kind}: Reading['layers'][number], {layers}: Reading, index: number): boolean {
  return kind === 'gate' && index === layers.length - 1;
}

function best(scores: readonly number[]): number | undefined {
  return scores.length === 0 ? undefined : scores.indexOf(Math.max(...scores));
}
