import {LogSlider} from '../page/LogSlider.js';
import {
  DATA_SETS,
  type DataSetId,
  DEFAULTS,
  ESTIMATORS,
  type EstimatorId,
  MODELS,
  type ModelKind,
  type NumberSetting,
  OPTIMIZERS,
  type OptimizerId,
  rangeOf,
  serves,
  temperaturesOf,
} from '../state/settings.js';
import {addressFaults, choose, chooseModel, dataSets, settings} from '../state/store.js';

const MODEL_NAMES: Readonly<Record<ModelKind, {name: string; about: string}>> = {
  gates: {
    name: 'Logic gates',
    about: 'Every unit learns which of 16 gates it is: AND, XOR, “A or not B” … The result is a circuit.',
  },
  binary: {name: 'Binary network', about: 'Hidden units that output 0 or 1 and nothing in between.'},
  autoencoder: {
    name: 'Categorical autoencoder',
    about: 'Compresses an image to a few categories and reconstructs it from them.',
  },
};

const ESTIMATOR_NAMES: Readonly<Record<EstimatorId, string>> = {
  decoupled: 'Decoupled: two temperatures',
  softmax: 'Softmax straight-through',
  identity: 'Identity straight-through',
  gumbel: 'Gumbel straight-through (ST-GS)',
  decoupledGumbel: 'Decoupled Gumbel: two temperatures',
  reinMax: 'ReinMax',
  gumbelSoftmax: 'Gumbel-softmax (relaxed)',
  soft: 'Soft mixture of gates (difflogic)',
};

const OPTIMIZER_NAMES: Readonly<Record<OptimizerId, string>> = {
  adam: 'Adam',
  adamW: 'AdamW',
  rectifiedAdam: 'Rectified Adam',
};

const SIZE_LABELS: Readonly<Record<ModelKind, {layers: string; units: string}>> = {
  gates: {layers: 'Layers of gates', units: 'Gates per layer'},
  binary: {layers: 'Hidden layers', units: 'Bits per layer'},
  autoencoder: {layers: 'Dense layers on each side', units: 'Units of the code'},
};

/** Everything that can be chosen; what takes effect immediately comes first. */
export function SettingsForm() {
  const now = settings.value;
  const {model, estimator} = now;
  const temperatures = temperaturesOf(estimator);
  const sizes = SIZE_LABELS[model];
  return (
    <form class="settings" id="settings" aria-label="Settings" onSubmit={(event) => event.preventDefault()}>
      {addressFaults.value.length > 0 && (
        <p class="note" role="alert">
          The address has settings that are not valid: {addressFaults.value.join(' ')}
        </p>
      )}
      <fieldset class="models">
        <legend>Network</legend>
        {MODELS.map((kind) => (
          <label key={kind} class="choice">
            <input
              type="radio"
              name="model"
              value={kind}
              checked={model === kind}
              onChange={() => chooseModel(kind)}
            />
            <span>
              <b>{MODEL_NAMES[kind].name}</b>
              <small>{MODEL_NAMES[kind].about}</small>
            </span>
          </label>
        ))}
      </fieldset>
      <fieldset>
        <legend>Takes effect immediately</legend>
        <LogSlider
          id="forwardTemperature"
          label={temperatures === 'one' ? 'Temperature' : 'Forward temperature tf'}
          hint="Low: a unit almost always takes its most likely value. High: it tries others."
          value={now.forwardTemperature}
          {...rangeOf(model, 'forwardTemperature')}
          disabled={temperatures === 'none'}
          onChange={(forwardTemperature) => choose({forwardTemperature})}
        />
        <LogSlider
          id="backwardTemperature"
          label="Backward temperature tb"
          hint={
            temperatures === 'both'
              ? 'Low: only undecided units learn, and quickly. High: all learn, but gently.'
              : 'This estimator has no backward temperature of its own.'
          }
          value={now.backwardTemperature}
          {...rangeOf(model, 'backwardTemperature')}
          disabled={temperatures !== 'both'}
          onChange={(backwardTemperature) => choose({backwardTemperature})}
        />
        <LogSlider
          id="learningRate"
          label="Learning rate"
          hint="How far a weight moves per batch."
          value={now.learningRate}
          {...rangeOf(model, 'learningRate')}
          onChange={(learningRate) => choose({learningRate})}
        />
      </fieldset>
      <fieldset class="grid">
        <legend>For the next run</legend>
        <Choice
          id="data"
          label="Images"
          value={now.data}
          options={DATA_SETS.map((id) => {
            const set = dataSets.value.find((one) => one.id === id);
            const missing = dataSets.value.length > 0 && set === undefined;
            const name = id === 'mnist' ? 'MNIST: digits' : 'Fashion-MNIST: clothes';
            return {value: id, text: missing ? `${name} (not in this copy)` : name, disabled: missing};
          })}
          onChange={(data) => choose({data: data as DataSetId})}
        />
        <Choice
          id="estimator"
          label="Estimator"
          value={estimator}
          options={ESTIMATORS.map((id) => ({
            value: id,
            text: ESTIMATOR_NAMES[id],
            disabled: !serves(id, model),
          }))}
          onChange={(id) => choose({estimator: id as EstimatorId})}
        />
        <Whole field="layers" label={sizes.layers} />
        <Whole field="units" label={sizes.units} />
        {model === 'autoencoder' && <Whole field="categories" label="Categories per unit" />}
        <Choice
          id="optimizer"
          label="Optimizer"
          value={now.optimizer}
          options={OPTIMIZERS.map((id) => ({value: id, text: OPTIMIZER_NAMES[id]}))}
          onChange={(id) => choose({optimizer: id as OptimizerId})}
        />
        <Whole field="batchSize" label="Images per batch" />
        <Whole field="epochs" label="Epochs" />
        <Whole field="seed" label="Seed" />
      </fieldset>
      <button type="button" class="quiet" id="defaults" onClick={() => choose(DEFAULTS[model])}>
        Reset to defaults
      </button>
    </form>
  );
}

function Choice({
  id,
  label,
  value,
  options,
  onChange,
}: {
  id: string;
  label: string;
  value: string;
  options: readonly {value: string; text: string; disabled?: boolean}[];
  onChange: (value: string) => void;
}) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={({currentTarget}) => onChange(currentTarget.value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value} disabled={option.disabled}>
            {option.text}
          </option>
        ))}
      </select>
    </div>
  );
}

/** A whole number; one that is out of range is not taken, and the field says what would be right. */
function Whole({field, label}: {field: NumberSetting; label: string}) {
  const {model, [field]: value} = settings.value;
  const {least, most} = rangeOf(model, field);
  return (
    <div class="field">
      <label for={field}>{label}</label>
      <input
        id={field}
        type="number"
        inputMode="numeric"
        min={least}
        max={most}
        step={field === 'units' && model === 'gates' ? 10 : 1}
        value={value}
        onChange={({currentTarget}) => {
          const typed = currentTarget.valueAsNumber;
          if (Number.isInteger(typed) && typed >= least && typed <= most) choose({[field]: typed});
          else currentTarget.reportValidity();
          currentTarget.value = String(settings.value[field]);
        }}
      />
    </div>
  );
}
