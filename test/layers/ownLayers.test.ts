import {abs, mul, reshape, serialization, sum, type Tensor, tidy, train} from '@tensorflow/tfjs-core';
import {layers as keras, sequential} from '@tensorflow/tfjs-layers';
import {
  callbacks,
  DiscreteLayer,
  functional,
  type ObservableLayer,
  type SchedulableLayer,
  type UnitObserver,
} from 'tfjs-discrete';
import {sweepBackward} from 'tfjs-discrete/analysis';
import {describe, expect, it} from 'vitest';
import {SAVING_TRIPS} from '../support/saving.js';
import {dense} from '../support/subjects.js';
import {numbersOf, predictions, uniformTensor} from '../support/values.js';

/** A hand-written TensorFlow.js layer with the two methods, as docs/guide/own-layers.md shows it. */
class Spins extends keras.Layer implements ObservableLayer, SchedulableLayer {
  static readonly className = 'Spins';
  forwardTemperature = 0.5;
  backwardTemperature = 1;
  private readonly observers = new Set<UnitObserver>();
  private step = 0;

  observe(observer: UnitObserver): () => void {
    this.observers.add(observer);
    return () => {
      this.observers.delete(observer);
    };
  }

  setTemperatures(args: {forwardTemperature?: number; backwardTemperature?: number}): void {
    Object.assign(this, args);
  }

  override call(inputs: Tensor | Tensor[], {training = false} = {}): Tensor {
    return tidy(() => {
      const logits = Array.isArray(inputs) ? inputs[0]! : inputs;
      const [rows, units] = logits.shape as [number, number];
      const {forwardTemperature, backwardTemperature} = this;
      const onGradient = (dlogits: Tensor) => {
        const absoluteSums = sum(abs(reshape(dlogits, [rows, units])), 0);
        for (const observer of this.observers) observer.gradient?.(absoluteSums, rows, rows);
      };
      const options = {
        forwardTemperature: training ? forwardTemperature : 0,
        backwardTemperature,
        seed: {seed: 1, stream: 0, step: training ? this.step++ : 0},
      };
      return functional.stochasticBinary(logits, training ? {...options, onGradient} : options);
    });
  }
}

/** A subclass of DiscreteLayer with an option of its own. */
class ScaledBits extends DiscreteLayer {
  static readonly className = 'ScaledBits';
  override readonly unit = 'binary';
  override readonly categoriesPerGroup = 2;
  readonly scale: number;

  constructor(args: {scale: number; seed?: number; name?: string} = {scale: 1}) {
    super(args, 'binary', ['scale']);
    this.scale = args.scale;
  }

  override computeOutputShape(inputShape: number[]): number[] {
    return inputShape;
  }

  override call(inputs: Tensor | Tensor[], kwargs?: {training?: boolean}): Tensor {
    const logits = Array.isArray(inputs) ? inputs[0]! : inputs;
    return tidy(() => mul(this.sampleUnits(logits, kwargs?.training === true), this.scale));
  }

  override getConfig() {
    return {...super.getConfig(), scale: this.scale};
  }
}
serialization.registerClass(ScaledBits as never);

const x = uniformTensor([16, 5], -1, 1, 5);
const y = uniformTensor([16, 2], -1, 1, 6);

describe.each([
  ['a hand-written layer', () => new Spins({name: 'own'})],
  ['a subclass of DiscreteLayer', () => new ScaledBits({name: 'own', scale: 2, seed: 1})],
])('%s', (_, make: () => keras.Layer & SchedulableLayer) => {
  const built = () => {
    const own = make();
    const model = sequential({
      layers: [dense({units: 6, inputShape: [5], seed: 1}), own, dense({units: 2, seed: 2})],
    });
    model.compile({optimizer: train.sgd(0.1), loss: 'meanSquaredError'});
    return {own, model};
  };

  it('is watched and scheduled by callbacks', async () => {
    const {own, model} = built();
    const {history} = await model.fit(x, y, {
      epochs: 2,
      verbose: 0,
      callbacks: callbacks.list([
        callbacks.deadUnits({threshold: 1e9}),
        callbacks.temperatureSchedule({forwardTemperature: () => 0.25, backwardTemperature: () => 3}),
      ]),
    });
    expect(history['deadUnits/own']).toEqual([100, 100]);
    expect([own.forwardTemperature, own.backwardTemperature]).toEqual([0.25, 3]);
  });

  it('is swept, and gets its temperatures back', async () => {
    const {own, model} = built();
    const before = [own.forwardTemperature, own.backwardTemperature];
    const points = await sweepBackward(model, x, y, [0.5, 2], {threshold: 1e-3});
    for (const {gradientNorm, deadUnits} of points) {
      expect(gradientNorm).toBeGreaterThan(0);
      expect(deadUnits).toBeGreaterThanOrEqual(0);
    }
    expect(points[0]!.gradientNorm).not.toBe(points[1]!.gradientNorm);
    expect([own.forwardTemperature, own.backwardTemperature]).toEqual(before);
  });
});

describe('a subclass of DiscreteLayer', () => {
  it('is saved and loaded with its own option, and samples in training', async () => {
    const own = new ScaledBits({name: 'own', scale: 2, seed: 1});
    const model = sequential({layers: [dense({units: 6, inputShape: [5], seed: 1}), own]});
    const loaded = await SAVING_TRIPS.memory!(model);
    expect((loaded.layers[1] as ScaledBits).scale).toBe(2);
    expect(predictions(loaded, x)).toEqual(predictions(model, x));
    const values = new Set(numbersOf(own.apply(x, {training: true}) as Tensor));
    expect([...values].sort()).toEqual([0, 2]);
  });
});
