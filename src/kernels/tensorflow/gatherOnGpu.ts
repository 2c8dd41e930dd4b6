import {backend, scalar, type Tensor} from '@tensorflow/tfjs-core';

/** What of tfjs-node's backend runs one of TensorFlow's ops by name. */
interface OpRunner {
  readonly binding: Readonly<Record<'TF_ATTR_INT' | 'TF_ATTR_TYPE' | 'TF_FLOAT' | 'TF_INT32', number>>;
  executeSingleOutput(name: string, attributes: object[], inputs: Tensor[]): Tensor;
}

/** `gather(x, indices, 1)` of floats on native TensorFlow. tfjs-node's own reads the indices back to check them. */
export function gatherOnGpu(x: Tensor, indices: Tensor): Tensor {
  const native = backend() as unknown as OpRunner;
  const {TF_ATTR_INT, TF_ATTR_TYPE, TF_FLOAT, TF_INT32} = native.binding;
  const attributes = [
    {name: 'batch_dims', type: TF_ATTR_INT, value: 0},
    {name: 'Tparams', type: TF_ATTR_TYPE, value: TF_FLOAT},
    {name: 'Tindices', type: TF_ATTR_TYPE, value: TF_INT32},
    {name: 'Taxis', type: TF_ATTR_TYPE, value: TF_INT32},
  ];
  return native.executeSingleOutput('GatherV2', attributes, [x, indices, scalar(1, 'int32')]);
}
