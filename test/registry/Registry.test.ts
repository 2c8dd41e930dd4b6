import {
  grad,
  io,
  memory,
  mul,
  onesLike,
  serialization,
  slice,
  sum,
  type Tensor,
  tensor,
  tile,
  variableGrads,
} from '@tensorflow/tfjs-core';
import {layers as kerasLayers, loadLayersModel, sequential} from '@tensorflow/tfjs-layers';
import {afterEach, describe, expect, it} from 'vitest';
import {type EventWriter, functional, layers, TensorBoard} from '../../src/index.js';
import {type Estimator, type Registry, registry} from '../../src/registry/index.js';

/** Argmax forward, dy times 3 backward: easy to tell from every built-in estimator. */
const tripled = (id: string): Estimator => ({
  id,
  temperatures: 'none',
  categorical: {
    forward: (logits) => ({
      value: functional.decoupledCategorical(logits, {forwardTemperature: 0, seed: 0}),
    }),
    backward: (dy) => mul(dy, 3),
  },
});

const installed: (() => void)[] = [];

/** A child registry that layers ask until the test ends. */
function installChild(): Registry {
  const child = registry.createChild();
  installed.push(child.install());
  return child;
}

afterEach(() => {
  for (const restore of installed.splice(0).reverse()) restore();
});

describe('Registry', () => {
  it('makes a new estimator work in every layer, saved and loaded', async () => {
    installChild().registerEstimator(tripled('tripledIdentity'));
    const model = sequential();
    model.add(kerasLayers.dense({units: 8, inputShape: [4]}));
    model.add(layers.decoupledCategorical({categories: 4, estimator: 'tripledIdentity'}));
    model.add(layers.stochasticBinary({estimator: 'tripledIdentity'}));
    model.add(layers.logicGateLayer({units: 6, estimator: 'tripledIdentity'}));
    model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
    const x = tensor([[1, -2, 3, 0.5]]);
    await model.fit(x, tensor([[0, 1, 0, 1, 0, 1]]), {epochs: 1, verbose: 0});
    let saved: io.ModelArtifacts | undefined;
    await model.save(
      io.withSaveHandler(async (artifacts) => {
        saved = artifacts;
        return {modelArtifactsInfo: io.getModelArtifactsInfoForJSON(artifacts)};
      }),
    );
    const loaded = await loadLayersModel(io.fromMemory(saved!));
    for (const index of [1, 2, 3]) {
      expect(loaded.layers[index]!.getConfig()).toEqual(model.layers[index]!.getConfig());
      expect(loaded.layers[index]!.getConfig().estimator).toBe('tripledIdentity');
    }
    expect([...(loaded.predict(x) as Tensor).dataSync()]).toEqual([
      ...(model.predict(x) as Tensor).dataSync(),
    ]);
  });

  it('back-propagates by the new rule, as categories and as bits', () => {
    installChild().registerEstimator(tripled('tripledIdentity'));
    const logits = tensor([[1, -2, 3]]);
    const dy = tensor([[0.1, 0.2, 0.3]]);
    for (const sample of [functional.decoupledCategorical, functional.stochasticBinary]) {
      const dx = grad((x) => sample(x, {estimator: 'tripledIdentity', seed: 1}))(logits, dy);
      const expected = Array.from(mul(dy, 3).dataSync());
      expect(Array.from(dx.dataSync())).toEqual(expected);
    }
  });

  it('rejects an id that is taken, in a child too, and lists the known ones', () => {
    const child = registry.createChild().registerEstimator(tripled('mine'));
    expect(() => child.createChild().registerEstimator(tripled('mine'))).toThrow(
      /^Estimator: `id` must be new; taken are 'decoupled', .*'soft', 'mine', got "mine"\.$/,
    );
    expect(() => child.registerEstimator(tripled('reinMax'))).toThrow(/got "reinMax"/);
  });

  it('says so when a parent is given an id that its child has, before and after the child is installed', () => {
    const parent = registry.createChild();
    const child = parent.createChild().registerEstimator(tripled('own'));
    installed.push(child.install());
    parent.registerEstimator(tripled('own'));
    const message = 'Registry: `id` must be of one estimator here and in the parents, got ["own"].';
    expect(() => layers.stochasticBinary({estimator: 'own'})).toThrow(message);
    expect(() => child.install()).toThrow(message);
  });

  it('samples and trains gates by a rule of their own', () => {
    installChild().registerEstimator({
      ...tripled('firstOperand'),
      gate: {
        forward: (logits) => ({value: tile(tensor([[0, 1, 0, 0]]), [logits.shape[0]!, 1])}),
        backward: (dy, {logits}) => mul(slice(dy, [0, 1], [-1, 1]), onesLike(logits)), // by c1
      },
    });
    const layer = layers.logicGateLayer({units: 3, estimator: 'firstOperand', seed: 1, inputShape: [3]});
    const x = tensor([
      [1, 0, 1],
      [0, 0, 1],
    ]);
    const answer = () => layer.apply(x, {training: true}) as Tensor;
    const a = (answer().arraySync() as number[][]).map((row) => row.map(Number));
    for (const row of a) for (const value of row) expect([0, 1]).toContain(value);
    const {grads} = variableGrads(() => sum(answer()));
    const [dlogits] = Object.values(grads);
    // c1's gradient is the sum of a, for each of the sixteen.
    const sums = [0, 1, 2].map((unit) => a[0]![unit]! + a[1]![unit]!);
    expect(dlogits!.arraySync()).toEqual(sums.map((value) => new Array(16).fill(value)));
  });

  it('rejects ids that saving would change, and objects that are not estimators', () => {
    for (const id of ['my_estimator', 'useSTE', 'Mine', 'a1', '']) {
      expect(() => registry.createChild().registerEstimator(tripled(id))).toThrow(
        /^Estimator: `id` must be letters/,
      );
    }
    const halved = {...tripled('halved'), categorical: {forward: tripled('halved').categorical.forward}};
    expect(() => registry.createChild().registerEstimator(halved as unknown as Estimator)).toThrow(
      'Estimator: `categorical.backward` must be a function, got undefined.',
    );
    expect(() =>
      registry.createChild().registerEstimator({...tripled('odd'), temperatures: 'two' as 'one'}),
    ).toThrow(/^Estimator: `temperatures` must be one of 'both', 'one', 'none', got "two"/);
    const {forward} = tripled('odd').categorical;
    expect(() =>
      registry.createChild().registerEstimator({...tripled('odd'), gate: {forward} as never}),
    ).toThrow('Estimator: `gate.backward` must be a function, got undefined.');
    expect(() =>
      registry.createChild().registerEstimator({
        ...tripled('odd'),
        gate: {...tripled('odd').categorical, jacobianAt: 'logits' as never},
      }),
    ).toThrow('Estimator: `gate.jacobianAt` must be left out or a function, got "logits".');
    for (const units of [[], 'gate'] as never[]) {
      expect(() => registry.createChild().registerEstimator({...tripled('odd'), units})).toThrow(
        /^Estimator: `units` must be left out or at least one kind of unit, got /,
      );
    }
  });

  it.each([null, undefined, 'softmax'] as never[])('rejects %j as any part, by name', (nothing) => {
    const child = registry.createChild();
    expect(() => child.registerEstimator(nothing)).toThrow(/^Registry: `estimator` must be an object/);
    expect(() => child.registerLayer(nothing)).toThrow(/^Registry: `layerClass` must be a class of layers/);
    expect(() => child.registerEventWriter(nothing)).toThrow(/^Registry: `factory` must be a function/);
    expect(() => child.registerKernelSet(nothing)).toThrow(/^Registry: `kernelSet` must be a backend/);
  });

  it('rejects a class without a name for saved models', () => {
    class Nameless extends kerasLayers.Layer {}
    expect(() => registry.createChild().registerLayer(Nameless as never)).toThrow(
      'Layer: `className` must be the name that saved models carry, got undefined.',
    );
  });

  it('names the known estimators when an id is unknown, and builds nothing', () => {
    installChild().registerEstimator(tripled('mine'));
    const before = memory().numTensors;
    expect(() => layers.decoupledCategorical({estimator: 'mein'})).toThrow(
      "DecoupledCategorical: `estimator` must be one of 'decoupled', 'softmax', 'identity', 'gumbel', " +
        `'decoupledGumbel', 'reinMax', 'gumbelSoftmax', 'mine', got "mein".`,
    );
    expect(memory().numTensors).toBe(before);
  });

  it('keeps the parts of a child from its parent and siblings, and gives it those of its parent', () => {
    const parent = registry.createChild().registerEstimator(tripled('shared'));
    const child = parent.createChild().registerEstimator(tripled('own'));
    expect(child.estimators().map(({id}) => id)).toEqual(['shared', 'own']);
    expect(parent.estimators().map(({id}) => id)).toEqual(['shared']);
    expect(
      parent
        .createChild()
        .estimators()
        .map(({id}) => id),
    ).toEqual(['shared']);
  });

  it('restores the previous registry when the installed one is removed', () => {
    const restore = registry.createChild().registerEstimator(tripled('passing')).install();
    expect(() => layers.stochasticBinary({estimator: 'passing'})).not.toThrow();
    restore();
    expect(() => layers.stochasticBinary({estimator: 'passing'})).toThrow(/got "passing"/);
  });

  it('is removed for good in any order, and once', () => {
    const knows = (id: string) => functional.knownEstimators().some((estimator) => estimator.id === id);
    const first = registry.createChild().registerEstimator(tripled('first')).install();
    const second = registry.createChild().registerEstimator(tripled('second')).install();
    first();
    expect([knows('first'), knows('second')]).toEqual([false, true]);
    const third = registry.createChild().registerEstimator(tripled('third')).install();
    first();
    expect(knows('third')).toBe(true);
    third();
    second();
    expect(['first', 'second', 'third'].filter(knows)).toEqual([]);
  });

  it('registers a layer class once and rejects another class of the same name', () => {
    class Doubled extends kerasLayers.Layer {
      static readonly className = 'RegistryTestDoubled';
    }
    const child = registry.createChild().registerLayer(Doubled).registerLayer(Doubled);
    expect(serialization.SerializationMap.getMap().classNameMap.RegistryTestDoubled![0]).toBe(Doubled);
    expect(child.layers()).toContain(Doubled);
    class StochasticBinary extends kerasLayers.Layer {
      static readonly className = 'StochasticBinary';
    }
    expect(() => child.registerLayer(StochasticBinary)).toThrow(
      /^Layer: `className` must be new; taken are 'Stoch/,
    );
  });

  it('gives the TensorBoard callback the registered event writer', async () => {
    const points: [string, number][] = [];
    const writer: EventWriter = {
      scalar: (tag, value) => points.push([tag, value]),
      histogram: () => {},
      flush: () => {},
      close: () => {},
    };
    installChild().registerEventWriter((folder) => {
      points.push([folder, 0]);
      return writer;
    });
    const callback = new TensorBoard('logs');
    callback.setModel(sequential({layers: [kerasLayers.dense({units: 1, inputShape: [1]})]}));
    await callback.onTrainBegin();
    await callback.onEpochEnd(0, {loss: 0.25});
    expect(points).toEqual([
      ['logs/train', 0],
      ['epoch_loss', 0.25],
    ]);
  });
});
