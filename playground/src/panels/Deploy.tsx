import {useEffect, useState} from 'preact/hooks';
import {CIRCUIT_FILES, type Deployment, type FileName} from '../messages.js';
import {download} from '../page/download.js';
import {bytes, percent, short, whole} from '../page/format.js';
import {Panel} from '../page/Panel.js';
import {client, hasRun, reporting, runSettings, settings} from '../state/store.js';

/** Asks the worker for a file and offers it. */
export const save = (name: FileName) =>
  reporting(async () => download(name, await client.ask('file', {name})));

/** The trained gates without the framework: a circuit, simplified, compiled and measured. */
export function Deploy() {
  const [deployment, setDeployment] = useState<Deployment | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const run = runSettings.value;
  const isGates = (run ?? settings.value).model === 'gates';
  useEffect(() => setDeployment(undefined), [run]);
  const compile = () =>
    reporting(async () => {
      setBusy(true);
      try {
        setDeployment(await client.ask('deploy', {}));
      } finally {
        setBusy(false);
      }
    });
  return (
    <Panel
      id="deploy"
      title="Deploy"
      lead="After training, only Boolean logic is left. Take it out of the framework: simplify it, compile it to WebAssembly, and measure it here."
    >
      {!isGates && <p class="hint">Only a network of logic gates can be compiled to a circuit.</p>}
      {isGates && (
        <div class="row">
          <button
            type="button"
            class="primary"
            id="compile"
            onClick={compile}
            disabled={!hasRun.value || busy}
          >
            {busy ? 'Compiling …' : 'Compile the circuit'}
          </button>
          {!hasRun.value && <span class="hint">Train a network first.</span>}
        </div>
      )}
      {deployment !== undefined && (
        <>
          <dl class="facts" id="deployment">
            <Fact
              name="Gates before"
              value={whole(deployment.before.gates)}
              note={`depth ${deployment.before.depth}`}
            />
            <Fact
              name="Gates after"
              value={whole(deployment.after.gates)}
              note={`depth ${deployment.after.depth}, ${percent(1 - deployment.after.gates / deployment.before.gates, 0)} fewer`}
            />
            <Fact
              name="Module"
              value={bytes(deployment.wasmBytes)}
              note={`compiled in ${short(deployment.compileMilliseconds)} ms`}
            />
            <Fact
              name="Speed"
              value={`${short(deployment.imagesPerSecond / 1e6)} million`}
              note="images per second, on one thread"
            />
            <Fact
              name="Agreement"
              value={percent(deployment.agreement, 2)}
              note={`with the network on ${whole(deployment.testImages)} test images`}
            />
            <Fact
              name="Test accuracy"
              value={percent(deployment.circuitAccuracy, 2)}
              note={`network: ${percent(deployment.modelAccuracy, 2)}`}
            />
          </dl>
          <div class="row">
            {CIRCUIT_FILES.map((name) => (
              <button
                type="button"
                key={name}
                id={`save-${name.replace('.', '-')}`}
                onClick={() => save(name)}
              >
                {name}
              </button>
            ))}
          </div>
          <p class="hint">
            <code>loader.mjs</code> runs <code>circuit.wasm</code> in any page or in Node, without
            TensorFlow.js. The C file compiles without dependencies; the Verilog module can be synthesized.
          </p>
        </>
      )}
    </Panel>
  );
}

function Fact({name, value, note}: {name: string; value: string; note: string}) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <b>{value}</b>
        <small>{note}</small>
      </dd>
    </div>
  );
}
