import {memory, type Tensor, train} from '@tensorflow/tfjs-core';
import {model as functionalModel, input, type LayersModel} from '@tensorflow/tfjs-layers';
import {beforeAll, describe, expect, it} from 'vitest';
import * as factories from '../../src/layers/factories.js';
import {SAVING_TRIPS, throughJson} from './saving.js';
import {type Layer, modelAround, type Subject} from './subjects.js';
import {numbersOf, predictions, uniformTensor, weightsOf} from './values.js';

const BATCH = 32;

const FACTORIES = new Map<string, (args: never) => Layer>(Object.entries(factories));

/** What every layer owes its user, whatever it computes. */
export function layerContract(subject: Subject): void {
  const {layerClass, make, shapes, random, differentiable, discrete} = subject;
  const sampleShape = shapes[0]![0];
  const build = (more = {}) => modelAround(subject, make(more));
  const compiled = (learningRate: number, more = {}) => {
    const model = build(more);
    model.compile({loss: 'meanSquaredError', optimizer: train.sgd(learningRate)});
    return model;
  };
  const layerOf = (model: LayersModel) => model.layers.find((layer) => layer instanceof layerClass)!;
  let x: Tensor;
  let y: Tensor;

  describe(subject.title, () => {
    beforeAll(() => {
      x = uniformTensor([BATCH, ...sampleShape], -1, 1, 5);
      y = uniformTensor([BATCH, 2], -1, 1, 6);
    });

    it.each(shapes)('turns samples of shape %j into %j', (from, to) => {
      const layer = make();
      const inputs = uniformTensor([3, ...from], 0, 1, 7);
      expect(layer.computeOutputShape([null, ...from])).toEqual([null, ...to]);
      for (const training of [false, true]) {
        expect((layer.apply(inputs, {training}) as Tensor).shape).toEqual([3, ...to]);
      }
      const symbol = input({shape: from});
      const model = functionalModel({inputs: symbol, outputs: make().apply(symbol) as never});
      expect(model.outputs[0]!.shape).toEqual([null, ...to]);
      expect((model.predict(inputs) as Tensor).shape).toEqual([3, ...to]);
    });

    it('comes from a factory named like the class', () => {
      const name = layerClass.className;
      const factory = FACTORIES.get(`${name[0]!.toLowerCase()}${name.slice(1)}`)!;
      const layer = factory(make().getConfig() as never);
      expect(layer).toBeInstanceOf(layerClass);
      expect(layer.getClassName()).toBe(name);
    });

    it('keeps its config through JSON text', () => {
      const config = make().getConfig();
      const read = JSON.parse(JSON.stringify(config));
      const again = (layerClass as {fromConfig(cls: never, config: never): Layer}).fromConfig(
        layerClass as never,
        read as never,
      );
      expect(again.getConfig()).toEqual(config);
    });

    it('keeps its config in a model through toJSON', async () => {
      const model = build();
      expect(layerOf(await throughJson(model)).getConfig()).toEqual(layerOf(model).getConfig());
    });

    it.each(Object.keys(SAVING_TRIPS))(
      'predicts the same after saving and loading through a %s',
      async (way) => {
        const model = compiled(0.1);
        await model.fit(x, y, {epochs: 2, verbose: 0});
        const before = predictions(model, x);
        const loaded = await SAVING_TRIPS[way]!(model);
        expect(weightsOf(loaded)).toEqual(weightsOf(model));
        expect(predictions(loaded, x)).toEqual(before);
      },
    );

    it('trains what it should in one step', async () => {
      const model = compiled(0.1);
      const previous = model.trainableWeights.map((weight) => [...weight.read().dataSync()]);
      await model.trainOnBatch(x, y);
      expect(previous.length).toBeGreaterThanOrEqual(differentiable ? 4 : 2);
      model.trainableWeights.forEach((weight, i) => {
        expect([...weight.read().dataSync()], weight.originalName).not.toEqual(previous[i]);
      });
    });

    it('predicts the same twice by default', () => {
      const model = build();
      expect(predictions(model, x)).toEqual(predictions(model, x));
    });

    if (discrete) {
      it("samples in predict with evaluation 'sample'", () => {
        const model = build({evaluation: 'sample'});
        const [first, second] = [predictions(model, x), predictions(model, x)];
        if (random) expect(second).not.toEqual(first);
        else expect(second).toEqual(first);
      });
    }

    it('samples anew in each step of fit, and only there', async () => {
      const model = compiled(0);
      const {history} = await model.fit(x, y, {batchSize: BATCH / 2, epochs: 4, shuffle: false, verbose: 0});
      expect(new Set(history.loss).size).toBe(random ? 4 : 1);
      const losses = [0, 1].map(() => numbersOf(model.evaluate(x, y) as Tensor)[0]);
      expect(losses[0]).toBe(losses[1]);
      if (!discrete) return;
      expect(layerOf(model).getConfig()).toMatchObject({samples: 8});
    });

    it('rejects several inputs, rather than drop all but one', () => {
      expect(() => make().apply([x, x])).toThrow(
        `${layerClass.className}: \`inputs\` must be a single tensor, got 2.`,
      );
    });

    it('passes a mask of positions on', () => {
      const mask = uniformTensor([BATCH], 0, 1, 8);
      expect(make().supportsMasking).toBe(true);
      expect(make().computeMask(x, mask)).toBe(mask);
    });

    it('leaves no tensor behind', async () => {
      const before = memory().numTensors;
      const layer = make();
      for (const training of [false, true]) (layer.apply(x, {training}) as Tensor).dispose();
      layer.dispose();
      expect(memory().numTensors).toBe(before);
      const model = build();
      (model.predict(x) as Tensor).dispose();
      model.dispose();
      expect(memory().numTensors).toBe(before);
    });
  });
}
