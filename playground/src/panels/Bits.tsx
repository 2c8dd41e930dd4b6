import {useEffect, useRef} from 'preact/hooks';
import type {Reading} from '../messages.js';
import {whole} from '../page/format.js';
import {cssValue} from '../page/layerColour.js';
import {theme} from '../page/theme.js';

/** The ones and zeros of one layer for one image. */
export function Bits({
  layer: {name, kind, categories, values},
  colour,
  classes,
}: {
  layer: Reading['layers'][number];
  colour: string;
  /** What the gates of a last layer vote for, in their order. */
  classes: readonly string[];
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const columns = kind === 'categorical' ? categories : values.length > 1000 ? 100 : 25;
  const rows = Math.ceil(values.length / columns);
  useEffect(() => {
    const context = canvas.current!.getContext('2d')!;
    context.fillStyle = cssValue('--off');
    context.fillRect(0, 0, columns, rows);
    context.fillStyle = cssValue(colour);
    values.forEach((value, i) => {
      if (value === 1) context.fillRect(i % columns, Math.floor(i / columns), 1, 1);
    });
  }, [values, columns, rows, colour, theme.value]);
  const ones = values.reduce((sum, value) => sum + value, 0);
  const code = Array.from({length: values.length / categories}, (_, unit) => {
    return values.subarray(unit * categories, (unit + 1) * categories).indexOf(1) + 1;
  });
  const text =
    kind === 'categorical'
      ? `the code ${code.join(' ')}`
      : `${whole(ones)} of ${whole(values.length)} ${kind === 'gate' ? 'gates' : 'bits'} are 1`;
  return (
    <figure class="bits">
      <figcaption>
        <b>{name}</b>: {text}
        {classes.length > 0 && <small> (classes from top to bottom: {classes.join(', ')})</small>}
      </figcaption>
      <canvas
        ref={canvas}
        width={columns}
        height={rows}
        role="img"
        aria-label={`${name}: ${text}`}
        class={`map-${kind}`}
      />
    </figure>
  );
}
