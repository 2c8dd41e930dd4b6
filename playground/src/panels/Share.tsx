import {useEffect, useState} from 'preact/hooks';
import {Panel} from '../page/Panel.js';
import {toAddress} from '../state/address.js';
import {client, hasRun, importFiles, reporting, settings} from '../state/store.js';
import {save} from './Deploy.js';

/** The address with all settings, the model as files, and what proves that two runs are the same. */
export function Share() {
  const [copied, setCopied] = useState(false);
  const [fingerprint, setFingerprint] = useState('');
  const hash = toAddress(settings.value);
  useEffect(() => {
    history.replaceState(undefined, '', `#${hash}`);
    setCopied(false);
  }, [hash]);
  const link = new URL(`#${hash}`, location.href).href;
  return (
    <Panel
      id="share"
      title="Share and keep"
      lead="The address holds every setting. With the same settings from start to end, a run gives the same weights, bit for bit."
    >
      <div class="row">
        <label class="visually-hidden" for="link">
          Address of these settings
        </label>
        <input
          id="link"
          class="link"
          type="text"
          readOnly
          value={link}
          onFocus={({currentTarget}) => currentTarget.select()}
        />
        <button
          type="button"
          id="copy"
          onClick={() =>
            reporting(async () => {
              await navigator.clipboard.writeText(link);
              setCopied(true);
            })
          }
        >
          {copied ? 'Copied' : 'Copy the address'}
        </button>
      </div>
      <h3>The trained model</h3>
      <div class="row">
        <button
          type="button"
          id="save-model-json"
          disabled={!hasRun.value}
          onClick={() => save('model.json')}
        >
          model.json
        </button>
        <button
          type="button"
          id="save-weights-bin"
          disabled={!hasRun.value}
          onClick={() => save('weights.bin')}
        >
          weights.bin
        </button>
        <span class="hint">
          For <code>tf.loadLayersModel</code>, in Node or in a page.
        </span>
      </div>
      <div class="row">
        <label class="button" for="import">
          Open a model
        </label>
        <input
          id="import"
          class="visually-hidden"
          type="file"
          multiple
          accept=".json,.bin"
          onChange={({currentTarget}) => {
            void importFiles([...(currentTarget.files ?? [])]);
            currentTarget.value = '';
          }}
        />
        <span class="hint">Select both files together.</span>
      </div>
      <h3>The run</h3>
      <p class="hint">
        While a network trains, this page saves a checkpoint in the browser every few seconds, at the end of
        an epoch. If you close the tab, the next visit offers to continue, and the run ends with the same
        weights as if it had never stopped.
      </p>
      <div class="row">
        <button
          type="button"
          id="fingerprint"
          disabled={!hasRun.value}
          onClick={() => reporting(async () => setFingerprint(await client.ask('fingerprint', {})))}
        >
          Fingerprint of the weights
        </button>
        <output class="fingerprint" id="fingerprint-value" for="fingerprint">
          {fingerprint}
        </output>
      </div>
    </Panel>
  );
}
