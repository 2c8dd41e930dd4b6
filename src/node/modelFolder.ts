/** Names the parts of a model's folder, as tfjs-node's `file://` handler does (4.22), and the owner in errors. */
export const OWNER = 'FileSystem';
export const MODEL = 'model.json';
export const WEIGHTS = 'weights.bin';
