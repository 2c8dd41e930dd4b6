import {useEffect, useRef} from 'preact/hooks';
import {channelsOf} from '../page/layerColour.js';
import {theme} from '../page/theme.js';

/** One small square per unit; a pointer or the slider below picks a unit, which is then described. */
export function UnitMap({
  id,
  title,
  values,
  shade,
  isDead = () => false,
  colour,
  selected,
  onSelect,
  describe,
}: {
  id: string;
  title: string;
  values: Float32Array;
  /** 0 for the paper's colour, 1 for the layer's. */
  shade: (value: number) => number;
  isDead?: (value: number) => boolean;
  colour: string;
  selected: number;
  onSelect: (unit: number) => void;
  describe: (unit: number, value: number) => string;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const columns = columnsFor(values.length);
  const rows = Math.ceil(values.length / columns);
  const unit = Math.min(selected, values.length - 1);

  useEffect(() => {
    const element = canvas.current!;
    const style = getComputedStyle(element);
    const full = channelsOf(style.getPropertyValue(colour));
    const paper = channelsOf(style.getPropertyValue('--card'));
    const dead = channelsOf(style.getPropertyValue('--dead'));
    const context = element.getContext('2d')!;
    const image = context.createImageData(columns, rows);
    values.forEach((value, i) => {
      const share = shade(value);
      const mixed = isDead(value)
        ? dead
        : paper.map((from, c) => from + (full[c]! - from) * (0.12 + 0.88 * share));
      image.data.set([...mixed, 255], 4 * i);
    });
    context.putImageData(image, 0, 0);
  }, [values, columns, rows, theme.value]);

  const pick = ({clientX, clientY}: PointerEvent) => {
    const {left, top, width, height} = canvas.current!.getBoundingClientRect();
    const column = Math.floor(((clientX - left) / width) * columns);
    const row = Math.floor(((clientY - top) / height) * rows);
    const found = row * columns + column;
    if (column >= 0 && column < columns && found >= 0 && found < values.length) onSelect(found);
  };
  const description = describe(unit, values[unit]!);
  return (
    <div class="unit-map">
      <p class="map-title">{title}</p>
      <div class="map-frame" style={{aspectRatio: `${columns} / ${rows}`}}>
        <canvas
          ref={canvas}
          width={columns}
          height={rows}
          role="img"
          aria-label={title}
          onPointerMove={pick}
          onPointerDown={pick}
        />
        <span
          class="map-cursor"
          style={{
            left: `${(100 * (unit % columns)) / columns}%`,
            top: `${(100 * Math.floor(unit / columns)) / rows}%`,
            width: `${100 / columns}%`,
            height: `${100 / rows}%`,
          }}
        />
      </div>
      <label class="map-pick" for={id}>
        <span class="visually-hidden">{title}: pick a unit</span>
        <input
          id={id}
          type="range"
          min={0}
          max={values.length - 1}
          value={unit}
          aria-valuetext={description}
          onInput={({currentTarget}) => onSelect(currentTarget.valueAsNumber)}
        />
      </label>
      <p class="map-value">{description}</p>
    </div>
  );
}

/** A map about three times as wide as it is high. */
function columnsFor(units: number): number {
  return Math.min(units, Math.max(10, Math.ceil(Math.sqrt(3 * units))));
}
