import {theme, toggleTheme} from './page/theme.js';
import {Curves} from './panels/Curves.js';
import {Deploy} from './panels/Deploy.js';
import {Draw} from './panels/Draw.js';
import {Explainer} from './panels/Explainer.js';
import {Images} from './panels/Images.js';
import {RunBar} from './panels/RunBar.js';
import {SettingsForm} from './panels/SettingsForm.js';
import {Share} from './panels/Share.js';
import {stop, Tour} from './panels/Tour.js';
import {Units} from './panels/Units.js';
import {backend, embedded, failure, forgetSaved, isUnsaved, resumeSaved, savedRun} from './state/store.js';

/** Address of the documentation; empty where the page stands alone. */
const DOCS: string = import.meta.env.VITE_DOCS ?? '';

/** The whole page, or the small version for another page. */
export function App() {
  return embedded ? <Embedded /> : <Whole />;
}

function Whole() {
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById('train')?.focus()}>
        Skip to training
      </button>
      <header class="masthead">
        <div>
          <h1>Discrete networks, trained in your browser</h1>
          <p>
            Networks whose units take discrete values: gates, bits and categories. They train here, on your
            machine, with {DOCS === '' ? 'tfjs-discrete' : <a href={DOCS}>tfjs-discrete</a>}.
          </p>
        </div>
        <div class="row">
          <button type="button" id="tour" onClick={() => (stop.value = 0)}>
            Take the tour
          </button>
          <button
            type="button"
            class="quiet"
            id="theme"
            onClick={toggleTheme}
            aria-pressed={theme.value === 'dark'}
          >
            Dark
          </button>
        </div>
      </header>
      <Notices />
      <RunBar />
      <div class="columns">
        <SettingsForm />
        <main>
          <Curves />
          <Units />
          <Images />
          <Explainer />
          <Draw />
          <Deploy />
          <Share />
        </main>
      </div>
      <footer>
        <p id="backend">{backend.value === '' ? 'Starting WebAssembly …' : `Ready: ${backend.value}.`}</p>
        <p>
          Paper: Shah, Yan, Mozer, Liu, <a href="https://arxiv.org/abs/2410.13331">arXiv:2410.13331</a>.
          Nothing you do here leaves your machine.
        </p>
      </footer>
      <Tour />
    </>
  );
}

/** Trains and reads a drawing: what fits into another page. */
function Embedded() {
  return (
    <main class="embedded">
      <h1 class="visually-hidden">A network of logic gates, trained in this page</h1>
      <Notices />
      <RunBar />
      <Draw />
    </main>
  );
}

function Notices() {
  return (
    <>
      {failure.value !== '' && (
        <p class="note failure" role="alert" id="failure">
          {failure.value}
        </p>
      )}
      {isUnsaved.value && (
        <p class="note" role="status" id="unsaved">
          Another tab of this page is training and saves its run. This run is not saved.
        </p>
      )}
      {savedRun.value !== undefined && (
        <div class="note" id="saved" role="status">
          <span>
            A run from your last visit stopped after {savedRun.value.epoch}{' '}
            {savedRun.value.epoch === 1 ? 'epoch' : 'epochs'}.
          </span>
          <button type="button" class="primary" id="resume" onClick={() => void resumeSaved()}>
            Continue
          </button>
          <button type="button" id="forget" onClick={() => void forgetSaved()}>
            Discard
          </button>
        </div>
      )}
    </>
  );
}
