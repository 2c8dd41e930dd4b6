/** What a TypeScript user types; it has to compile under strict. */
import * as tf from '@tensorflow/tfjs-core';
import {layers as keras, type LayersModel, sequential} from '@tensorflow/tfjs-layers';
import {callbacks, functional, type LogicGateLayer, layers, StochasticBinary} from 'tfjs-discrete';
import {Circuit, checkEquivalence} from 'tfjs-discrete/circuit';
import {fileSystem, useBackend} from 'tfjs-discrete/node';
import {type Estimator, registerEstimator} from 'tfjs-discrete/registry';
import {installTrainingKernels} from 'tfjs-discrete/wasm';

const mine: Estimator = {
  id: 'mine',
  temperatures: 'none',
  categorical: {
    forward: (logits) => ({value: tf.softmax(logits)}),
    backward: (dy, {logits}) => tf.mul(dy, logits),
  },
};
registerEstimator(mine);

export async function train(): Promise<tf.Tensor> {
  const {backend, reason} = await useBackend('auto');
  installTrainingKernels().restore();
  const gates: LogicGateLayer = layers.logicGateLayer({units: 10, connections: 'unique', seed: 1});
  const model = sequential({
    layers: [keras.dense({units: 4, inputShape: [4]}), new StochasticBinary(), gates],
  });
  gates.forwardTemperature = 0.5;
  model.compile({optimizer: 'adam', loss: 'meanSquaredError'});
  await model.fit(tf.zeros([8, 4]), tf.zeros([8, 10]), {
    callbacks: callbacks.list([
      callbacks.monitors({threshold: 1e-3}),
      callbacks.temperatureSchedule({forward: functional.schedules.linear(1, 0.1, 5)}),
      callbacks.tensorBoard('logs', {updateFreq: 'batch'}),
      {onEpochEnd: async (epoch) => console.log(backend, reason, epoch)},
    ]),
  });
  await model.save(fileSystem('model'));
  return functional.decoupledCategorical(tf.zeros([2, 3]), {
    forwardTemperature: 1,
    backwardTemperature: 2,
    seed: 1,
  });
}

export function deploy(model: LayersModel): Float32Array {
  const {circuit, report} = Circuit.fromModel(model, {lastLayer: 'sum'}).simplify();
  console.log(report.after.gates, checkEquivalence(circuit, circuit).equal);
  return circuit.evaluate(new Float32Array(circuit.features));
}

// @ts-expect-error `units` is needed.
layers.logicGateLayer({});
// @ts-expect-error Only two values exist.
layers.stochasticBinary({values: 'ternary'});
