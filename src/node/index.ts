import {registerFileScheme} from './fileScheme.js';

export {fileSystem} from './fileSystem.js';
export {
  CIRCUIT_FILES,
  type CircuitFile,
  loadCircuit,
  type SaveCircuitArgs,
  saveCircuit,
} from './saveCircuit.js';
export {type BackendChoice, type BackendName, type BackendOptions, useBackend} from './useBackend.js';

registerFileScheme();
