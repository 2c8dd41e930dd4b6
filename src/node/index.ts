import {registerFileScheme} from './fileScheme.js';

export type {BackendChoice, BackendName, BackendOptions, WasmPaths} from './backendOptions.js';
export {fileSystem} from './fileSystem.js';
export {
  CIRCUIT_FILES,
  type CircuitFile,
  loadCircuit,
  type SaveCircuitArgs,
  saveCircuit,
} from './saveCircuit.js';
export {useBackend} from './useBackend.js';

registerFileScheme();
