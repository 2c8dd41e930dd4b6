/** The name space of the union package, as in `import * as tf from '@tensorflow/tfjs'`. */
export * from '@tensorflow/tfjs-core';
export * from '@tensorflow/tfjs-layers';
