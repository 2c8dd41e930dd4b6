import {
  memory,
  mul,
  profile,
  type Scalar,
  sum,
  type Tensor,
  tensor,
  tidy,
  type Variable,
  variable,
  variableGrads,
} from '@tensorflow/tfjs-core';
import {describe, expect, it} from 'vitest';
import {
  DecoupledCategorical,
  isObservable,
  LAYER_CLASSES,
  LogicGateLayer,
  type ObservableLayer,
  StochasticBinary,
  type UnitObserver,
  VectorQuantizer,
} from '../../src/layers/index.js';
import {expectRows, rowsOf} from '../support/expectations.js';
import {type Layer, SUBJECTS} from '../support/subjects.js';
import {numbersOf, uniformTensor} from '../support/values.js';
import 'tfjs-discrete';

const DISCRETE = SUBJECTS.filter(({discrete}) => discrete);
const GATES = DISCRETE.filter(({layerClass}) => layerClass === LogicGateLayer);
/** Layers whose inputs are the logits. */
const LOGIT_LAYERS = DISCRETE.filter(
  ({layerClass}) => layerClass !== LogicGateLayer && layerClass !== VectorQuantizer,
);

/** Collects all that a layer tells. */
function listen(layer: Layer) {
  const told = {values: [] as number[][], gradients: [] as [number[], number, number][]};
  const stop = (layer as Layer & ObservableLayer).observe({
    sampled: (values) => void told.values.push([...values.dataSync()]),
    gradient: (magnitude, rows, samples) =>
      void told.gradients.push([[...magnitude.dataSync()], rows, samples]),
  });
  return {told, stop};
}

/** dL/dx of a layer for a given dL/dy, found together with the gradients of its weights, as training finds them. */
function learn(layer: Layer, x: Tensor, dy: Tensor, training: boolean): number[] {
  if (!layer.built) tidy(() => void layer.apply(x)); // makes the weights
  const input = variable(x);
  try {
    return tidy(() => {
      const weights = layer.trainableWeights.map((weight) => weight.read() as Variable);
      const loss = () => sum(mul(layer.apply(input, {training}) as Tensor, dy)) as Scalar;
      return numbersOf(variableGrads(loss, [input, ...weights]).grads[input.name]!);
    });
  } finally {
    input.dispose();
  }
}

const x = uniformTensor([4, 3, 6], -1, 1, 1);

describe('an observer', () => {
  it.each(LOGIT_LAYERS)('gets the values and the summed |dL/dlogit| of $title', ({make}) => {
    const layer = make({name: 'watched'});
    const {told} = listen(layer);
    const dy = uniformTensor([4, 3, 6], -1, 1, 2);
    const dx = rowsOf(learn(layer, x, dy, true), 6);
    expect(told.values).toEqual([numbersOf(make({name: 'watched'}).apply(x, {training: true}) as Tensor)]);
    const [[magnitude, rows, samples]] = told.gradients as [[number[], number, number]];
    expect([rows, samples, told.gradients.length]).toEqual([12, 4, 1]);
    const sums = Array.from({length: 6}, (_, unit) =>
      dx.reduce((total, row) => total + Math.abs(row[unit]!), 0),
    );
    expectRows(magnitude, [sums], 1e-6);
  });

  it.each(GATES)('gets from $title what the same samples give one at a time', ({make}) => {
    const bits = [...uniformTensor([4, 6], 0, 1, 3).dataSync()].map(Math.round);
    const dy = uniformTensor([4, 16], -1, 1, 4);
    const hear = (count: number, inputs: number[], gradients: ArrayLike<number>) => {
      const layer = make({name: 'watched'});
      const {told} = listen(layer);
      learn(layer, tensor(inputs, [count, 6]), tensor([...Array.from(gradients)], [count, 16]), true);
      expect(told.gradients[0]!.slice(1)).toEqual([count, count]);
      return told.gradients[0]![0];
    };
    const together = hear(4, bits, dy.dataSync());
    const apart = [0, 1, 2, 3].map((s) =>
      hear(1, bits.slice(6 * s, 6 * s + 6), dy.dataSync().slice(16 * s, 16 * s + 16)),
    );
    const sums = together.map((_, unit) => apart.reduce((total, each) => total + each[unit]!, 0));
    expect(Math.max(...sums)).toBeGreaterThan(0);
    expectRows(together, [sums], 1e-6);
  });

  it.each(GATES)('gets the mean |dL/dlogit| of each unit of $title for a single sample', ({make}) => {
    const layer = make({name: 'watched'});
    const {told} = listen(layer);
    const [input, dy] = [tensor([[0, 1, 1, 0, 1, 0]]), uniformTensor([1, 16], -1, 1, 4)];
    layer.build([null, 6]);
    const gates = layer.trainableWeights[0]!.read() as Variable;
    const loss = () => sum(mul(layer.apply(input, {training: true}) as Tensor, dy)) as Scalar;
    const dgates = rowsOf(numbersOf(variableGrads(loss, [gates]).grads[gates.name]!), 16);
    const means = dgates.map((row) => row.reduce((total, value) => total + Math.abs(value), 0) / 16);
    expectRows(told.gradients[0]![0], [means], 1e-6);
  });

  it.each(DISCRETE)(
    'changes nothing in $title, and gets values only in training, until it stops',
    ({make}) => {
      const dy = uniformTensor([4, 3, make().computeOutputShape([4, 3, 6])[2] as number], -1, 1, 2);
      const [layer, unwatched] = [make({name: 'watched'}), make({name: 'watched'})];
      const {told, stop} = listen(layer);
      const count = () => [told.values.length, told.gradients.length];
      const before = memory().numTensors;
      for (const training of [false, true, true]) {
        expect(learn(layer, x, dy, training)).toEqual(learn(unwatched, x, dy, training));
      }
      expect(told.gradients.map(([, rows, samples]) => [rows, samples])).toEqual([
        [12, 4],
        [12, 4],
      ]);
      const heard = count();
      stop();
      learn(layer, x, dy, true);
      expect(count()).toEqual(heard);
      for (const each of [layer, unwatched]) each.dispose();
      expect(memory().numTensors).toBe(before);
    },
  );

  it.each(DISCRETE)('costs $title nothing that it does not request', async ({make}) => {
    const dy = uniformTensor([4, 3, make().computeOutputShape([4, 3, 6])[2] as number], -1, 1, 2);
    const kernels = async (observer?: UnitObserver) => {
      const layer = make({name: 'watched'});
      if (observer !== undefined) (layer as Layer & ObservableLayer).observe(observer);
      const ran = await profile(() => {
        learn(layer, x, dy, true);
        return [];
      });
      return ran.kernels.flatMap(({name, outputShapes}) => outputShapes.map((shape) => `${name} ${shape}`));
    };
    const [sampled, gradient] = [() => {}, () => {}];
    const [unwatched, samples, gradients, both] = [
      (await kernels()).length,
      (await kernels({sampled})).length,
      (await kernels({gradient})).length,
      (await kernels({sampled, gradient})).length,
    ];
    expect(gradients).toBeGreaterThan(unwatched);
    expect(samples - unwatched).toBe(both - gradients);
  });

  it('is for layers of units', () => {
    const watched = new Set(
      SUBJECTS.filter(({make}) => isObservable(make())).map(({layerClass}) => layerClass),
    );
    expect(watched).toEqual(new Set(DISCRETE.map(({layerClass}) => layerClass)));
    expect(LAYER_CLASSES.length).toBeGreaterThan(watched.size);
  });
});

describe('the usage that a layer reports', () => {
  const sums = Float32Array.of(3, 0, 1, 2, 1, 1);

  it('is the counts of each group of categories', async () => {
    const layer = new DecoupledCategorical({categories: 3});
    expect(await layer.usage(sums, 4)).toEqual([
      [3, 0, 1],
      [2, 1, 1],
    ]);
    expect(await layer.usage(undefined, 0)).toBeUndefined();
  });

  it('is how often each binary unit was 1 and 0', async () => {
    expect(await new StochasticBinary().usage(sums.subarray(0, 2), 4)).toEqual([
      [3, 1],
      [0, 4],
    ]);
  });

  it('is the histogram of the modes of the gates, and leaves no tensor behind', async () => {
    const layer = new LogicGateLayer({units: 3});
    layer.build([null, 4]);
    const logits = [6, 6, 9].map((best) => Array.from({length: 16}, (_, gate) => (gate === best ? 1 : 0)));
    layer.setWeights([tensor(logits), layer.getWeights()[1]!]);
    const before = memory().numTensors;
    const counts = new Array(16).fill(0);
    [counts[6], counts[9]] = [2, 1];
    expect(await layer.usage()).toEqual([counts]);
    expect(memory().numTensors).toBe(before);
  });
});
