import {short} from './format.js';

/** Each step is about a tenth, so that values of two digits differ from one to the next. */
const RATIO = 1.1;

/** A slider over orders of magnitude, for temperatures and rates. */
export function LogSlider({
  id,
  label,
  hint,
  value,
  least,
  most,
  disabled = false,
  onChange,
}: {
  id: string;
  label: string;
  hint: string;
  value: number;
  least: number;
  most: number;
  disabled?: boolean;
  onChange: (value: number) => void;
}) {
  const span = Math.log(most / least);
  const steps = Math.round(span / Math.log(RATIO));
  const position = Math.round((steps * Math.log(value / least)) / span);
  const valueAt = (step: number) =>
    Math.min(most, Math.max(least, Number((least * Math.exp((span * step) / steps)).toPrecision(2))));
  return (
    <div class="field">
      <label for={id}>
        {label} <output for={id}>{short(value)}</output>
      </label>
      <input
        id={id}
        type="range"
        min={0}
        max={steps}
        value={position}
        disabled={disabled}
        aria-valuetext={short(value)}
        aria-describedby={`${id}-hint`}
        onInput={({currentTarget}) => onChange(valueAt(currentTarget.valueAsNumber))}
      />
      <p class="hint" id={`${id}-hint`}>
        {hint}
      </p>
    </div>
  );
}
