import {type AdamOptimizer, train} from '@tensorflow/tfjs-core';

/** Adam with PyTorch's epsilon, which the papers will have used: TensorFlow.js's, 1e-7, slows what has small gradients. */
export const adam = (learningRate: number, epsilon = 1e-8): AdamOptimizer =>
  train.adam(learningRate, 0.9, 0.999, epsilon);
