/**
 * The process that `verify.ts` starts: loads a saved model, predicts the images that it is sent, and sends
 * back the predictions. Importing `tfjs-discrete` is all that TF.js needs to know the layers.
 */
import {type Tensor, tensor} from '@tensorflow/tfjs-core';
import {loadLayersModel} from '@tensorflow/tfjs-layers';
import 'tfjs-discrete';
import {fileSystem, useBackend} from 'tfjs-discrete/node';
import {BATCH, type Question} from './verify.js';

process.once('message', async ({path, backend, shape, images}: Question) => {
  await useBackend(backend);
  const model = await loadLayersModel(fileSystem(path));
  const predicted = model.predict(tensor(images, shape), BATCH) as Tensor;
  process.send!(await predicted.data());
});
