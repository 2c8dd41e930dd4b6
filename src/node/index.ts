import {registerFileScheme} from './fileScheme.js';

export {fileSystem} from './fileSystem.js';
export {type BackendChoice, type BackendName, type BackendOptions, useBackend} from './useBackend.js';

registerFileScheme();
