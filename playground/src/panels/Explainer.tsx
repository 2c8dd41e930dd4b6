import {useEffect, useState} from 'preact/hooks';
import type {Explanation} from '../messages.js';
import {percent, short} from '../page/format.js';
import {LogSlider} from '../page/LogSlider.js';
import {Panel} from '../page/Panel.js';
import {backend, client, failure, settings} from '../state/store.js';

const LETTERS = ['A', 'B', 'C', 'D', 'E'];
const FIRST_LOGITS = [2, 1, 0.5, 0, -1];

/** One categorical unit with five categories: what tf and tb do to it. Every number comes from the package. */
export function Explainer() {
  const [logits, setLogits] = useState<readonly number[]>(FIRST_LOGITS);
  const [forwardTemperature, setForward] = useState(2);
  const [backwardTemperature, setBackward] = useState(0.5);
  const [seed, setSeed] = useState(1);
  const [found, setFound] = useState<Explanation | undefined>(undefined);

  const started = backend.value !== '';

  useEffect(() => {
    if (!started) return;
    let current = true;
    const request = {logits, forwardTemperature, backwardTemperature, seed};
    client.ask('explain', request).then(
      (explanation) => current && setFound(explanation),
      ({message}: Error) => {
        failure.value = message;
      },
    );
    return () => {
      current = false;
    };
  }, [started, logits, forwardTemperature, backwardTemperature, seed]);

  const range = {least: 0.05, most: 10};
  const steepest = Math.max(0.05, ...(found?.row ?? []).map(Math.abs));
  return (
    <Panel
      id="explainer"
      title="Two temperatures, one unit"
      lead="A unit that chooses one of five categories. Training needs an answer to two questions: what does it choose, and how would a change of its inputs have changed that? Each answer has its own temperature."
    >
      <div class="explainer">
        <fieldset class="logits">
          <legend>Logits from the network</legend>
          {logits.map((logit, i) => (
            <div class="field slim" key={LETTERS[i]}>
              <label for={`logit-${i}`}>
                {LETTERS[i]} <output for={`logit-${i}`}>{logit.toFixed(1)}</output>
              </label>
              <input
                id={`logit-${i}`}
                type="range"
                min={-3}
                max={3}
                step={0.1}
                value={logit}
                onInput={({currentTarget}) => {
                  const changed = currentTarget.valueAsNumber;
                  setLogits(logits.map((old, k) => (k === i ? changed : old)));
                }}
              />
            </div>
          ))}
        </fieldset>
        <div class="half forward">
          <h3>Forward: sample</h3>
          <LogSlider
            id="explain-tf"
            label="Forward temperature tf"
            hint="z is sampled from softmax(logits / tf). (Paper, section 4.2)"
            value={forwardTemperature}
            {...range}
            onChange={setForward}
          />
          <Bars
            label="Probability of each category"
            values={found?.forward ?? []}
            sampled={found?.sample}
            format={percent}
            style={(share) => ({'--share': share})}
          />
          <p class="hint" id="explain-sample">
            {found && (
              <>
                This sample chose <b>{LETTERS[found.sample]}</b>. In {found.samples} samples:{' '}
                {found.counts.map((count, i) => `${LETTERS[i]} ${count}`).join(', ')}.
              </>
            )}
          </p>
          <div class="row">
            <button type="button" id="resample" onClick={() => setSeed(seed + 2)}>
              Sample again
            </button>
            <button
              type="button"
              class="quiet"
              id="take-temperatures"
              onClick={() => {
                setForward(Math.max(range.least, settings.value.forwardTemperature));
                setBackward(Math.max(range.least, settings.value.backwardTemperature));
              }}
            >
              Use the run’s temperatures
            </button>
          </div>
        </div>
        <div class="half backward">
          <h3>Backward: gradient</h3>
          <LogSlider
            id="explain-tb"
            label="Backward temperature tb"
            hint="The gradient is that of softmax(logits / tb), whatever was sampled. (Paper, section 4.3)"
            value={backwardTemperature}
            {...range}
            onChange={setBackward}
          />
          <Bars
            label="The Jacobian's row of the sampled category"
            signed
            values={found?.row ?? []}
            sampled={found?.sample}
            format={short}
            style={(value) => ({'--value': value / steepest})}
          />
          <p class="hint">
            {found && (
              <>
                How a small increase of each logit would change the sampled <b>{LETTERS[found.sample]}</b>:
                one row of the Jacobian, (diag(p) − p pᵀ) / tb with p = softmax(logits / tb). Its absolute
                values add up to {short(found.row.reduce((sum, value) => sum + Math.abs(value), 0))}.
              </>
            )}
          </p>
        </div>
      </div>
    </Panel>
  );
}

interface BarsProps {
  /** What screen readers call the list. */
  readonly label: string;
  /** Whether bars go to both sides. */
  readonly signed?: boolean;
  /** One per category. */
  readonly values: readonly number[];
  /** The sampled category. */
  readonly sampled: number | undefined;
  readonly format: (value: number) => string;
  readonly style: (value: number) => Record<string, number>;
}

function Bars({label, signed, values, sampled, format, style}: BarsProps) {
  return (
    <ol class={signed ? 'bars signed' : 'bars'} aria-label={label}>
      {values.map((value, i) => (
        <li key={LETTERS[i]} class={sampled === i ? 'chosen' : ''}>
          <span class="bar-label">{LETTERS[i]}</span>
          <span class="bar" style={style(value)} />
          <span class="bar-value">{format(value)}</span>
        </li>
      ))}
    </ol>
  );
}
