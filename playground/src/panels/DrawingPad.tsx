import {useEffect, useRef, useState} from 'preact/hooks';
import {centreDrawing} from '../page/centreDrawing.js';

const SIZE = 280;
const PEN = 22;
const KEY_STEP = 10;
const MOVES: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

type Point = readonly [number, number];

/** A canvas for mouse, finger and keyboard. */
export function DrawingPad({onDrawing}: {onDrawing: (pixels: Uint8Array | undefined) => void}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const last = useRef<Point | undefined>(undefined);
  const [cursor, setCursor] = useState<Point>([SIZE / 2, SIZE / 2]);
  const [penDown, setPenDown] = useState(false);
  const [focused, setFocused] = useState(false);

  const clear = () => {
    const context = canvas.current!.getContext('2d', {willReadFrequently: true})!;
    context.fillStyle = '#000';
    context.fillRect(0, 0, SIZE, SIZE);
    onDrawing(undefined);
  };
  useEffect(clear, []);

  const line = (from: Point, to: Point) => {
    const context = canvas.current!.getContext('2d', {willReadFrequently: true})!;
    context.strokeStyle = '#fff';
    context.lineWidth = PEN;
    context.lineCap = 'round';
    context.beginPath();
    context.moveTo(...from);
    context.lineTo(...to);
    context.stroke();
    onDrawing(centreDrawing(canvas.current!));
  };
  const pointOf = ({clientX, clientY}: PointerEvent): Point => {
    const {left, top, width} = canvas.current!.getBoundingClientRect();
    const scale = SIZE / width;
    return [(clientX - left) * scale, (clientY - top) * scale];
  };
  const move = (event: PointerEvent) => {
    if (last.current === undefined) return;
    const next = pointOf(event);
    line(last.current, next);
    last.current = next;
  };
  const press = (event: KeyboardEvent) => {
    const direction = MOVES[event.key];
    if (direction !== undefined) {
      const next: Point = [
        Math.min(SIZE, Math.max(0, cursor[0] + KEY_STEP * direction[0])),
        Math.min(SIZE, Math.max(0, cursor[1] + KEY_STEP * direction[1])),
      ];
      if (penDown) line(cursor, next);
      setCursor(next);
    } else if (event.key === ' ') {
      if (!penDown) line(cursor, cursor);
      setPenDown(!penDown);
    } else if (event.key === 'Delete' || event.key === 'Backspace') clear();
    else return;
    event.preventDefault();
  };
  return (
    <div class="pad-box">
      <div
        class="pad-frame"
        id="pad"
        tabIndex={0}
        role="application"
        aria-label="Drawing area"
        aria-describedby="pad-help"
        onKeyDown={press}
        onFocus={({currentTarget}) => setFocused(currentTarget.matches(':focus-visible'))}
        onBlur={() => setFocused(false)}
      >
        <canvas
          ref={canvas}
          width={SIZE}
          height={SIZE}
          onPointerDown={(event) => {
            canvas.current!.setPointerCapture(event.pointerId);
            last.current = pointOf(event);
            move(event);
          }}
          onPointerMove={move}
          onPointerUp={() => {
            last.current = undefined;
          }}
          onPointerCancel={() => {
            last.current = undefined;
          }}
        />
        {focused && (
          <span
            class={penDown ? 'pad-cursor down' : 'pad-cursor'}
            style={{left: `${(100 * cursor[0]) / SIZE}%`, top: `${(100 * cursor[1]) / SIZE}%`}}
          />
        )}
      </div>
      <p class="hint" id="pad-help">
        Draw with mouse or finger. With the keyboard: arrow keys move the pen, the space bar sets it down and
        lifts it, Delete clears.
      </p>
      <button type="button" id="clear" onClick={clear}>
        Clear
      </button>
    </div>
  );
}
