import {getBackend, memory, type Tensor, tensor, tidy} from '@tensorflow/tfjs-core';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {
  binaryMode,
  registerKernels,
  sampleBinary,
  sigmoidJacobianProduct,
  unregisterKernels,
} from '../../src/kernels/index.js';
import {exp} from '../../src/kernels/loops/exp.js';
import {sampleBits} from '../../src/kernels/loops/sampleBits.js';
import {sigmoidProducts} from '../../src/kernels/loops/sigmoidProducts.js';
import {fillUniform} from '../../src/kernels/pcg4d.js';
import {expectWithin, forGenerated, logitsCases} from './generated.js';

beforeAll(registerKernels);
afterAll(unregisterKernels);

const read = (compute: () => Tensor) => tidy(() => compute().dataSync<'float32'>());
const KEY = {seed: 3, stream: 1, step: 4};

describe('exp', () => {
  it('is within 2 ulp of the true value from -87 to 0', () => {
    let worst = 0;
    for (let i = 0; i < 500_000; i++) {
      const x = Math.fround(-87.33 * (i / 499_999));
      worst = Math.max(worst, Math.abs(exp(x) / Math.exp(x) - 1));
    }
    expect(worst).toBeLessThan(2 * 2 ** -23);
  });

  it('is 1 at 0, 0 far below, NaN at NaN', () => {
    expect([exp(0), exp(-100), exp(-Infinity), exp(Number.NaN)]).toEqual([1, 0, 0, Number.NaN]);
  });
});

describe(`sampleBinary on ${getBackend()}`, () => {
  it('samples the same bits as the loop over typed arrays', () => {
    forGenerated(logitsCases, ({logits, shape, temperature, key}) => {
      const expected = fillUniform(new Float32Array(logits.length), key);
      sampleBits(logits, expected, temperature);
      expect(read(() => sampleBinary({logits: tensor(logits, shape)}, {temperature, ...key}))).toEqual(
        expected,
      );
    });
  });

  it('agrees with the composed reference unless the uniform lies within rounding of the boundary', () => {
    forGenerated(logitsCases, ({logits, shape, temperature, key}) => {
      const fast = read(() => sampleBinary({logits: tensor(logits, shape)}, {temperature, ...key}));
      const composed = read(() =>
        sampleBinary.composed({logits: tensor(logits, shape)}, {temperature, ...key}),
      );
      const uniforms = fillUniform(new Float32Array(logits.length), key);
      logits.forEach((logit, i) => {
        if (fast[i] === composed[i]) return;
        expect(Math.abs(1 / (1 + Math.exp(-logit / temperature)) - uniforms[i]!)).toBeLessThan(1e-5);
      });
    });
  });

  it('differs from the composed reference in less than one of 100,000 samples', () => {
    const logits = fillUniform(new Float32Array(400_000), KEY).map((value) => 6 * value - 3);
    const fast = read(() => sampleBinary({logits: tensor(logits)}, {temperature: 0.7, ...KEY}));
    const composed = read(() => sampleBinary.composed({logits: tensor(logits)}, {temperature: 0.7, ...KEY}));
    expect(fast.filter((value, i) => value !== composed[i]).length).toBeLessThanOrEqual(4);
  });
});

describe(`binaryMode on ${getBackend()}`, () => {
  it('equals the composed reference exactly', () => {
    forGenerated(logitsCases, ({logits, shape}) => {
      expect(read(() => binaryMode({logits: tensor(logits, shape)}))).toEqual(
        read(() => binaryMode.composed({logits: tensor(logits, shape)}, {})),
      );
    });
  });
});

describe(`sigmoidJacobianProduct on ${getBackend()}`, () => {
  it('has the same bits as the loop over typed arrays', () => {
    forGenerated(logitsCases, ({logits, dy, shape, temperature}) => {
      const expected = new Float32Array(logits.length);
      sigmoidProducts(dy, logits, expected, temperature);
      const product = read(() =>
        sigmoidJacobianProduct({dy: tensor(dy, shape), logits: tensor(logits, shape)}, {temperature}),
      );
      expect(product).toEqual(expected);
    });
  });

  it('has the same bits over 400,000 logits from -90 to 90', () => {
    const logits = fillUniform(new Float32Array(400_000), KEY).map((value) => 180 * value - 90);
    const dy = new Float32Array(logits.length).fill(1);
    const expected = new Float32Array(logits.length);
    sigmoidProducts(dy, logits, expected, 1);
    const product = read(() =>
      sigmoidJacobianProduct({dy: tensor(dy), logits: tensor(logits)}, {temperature: 1}),
    );
    expect(product.findIndex((value, i) => value !== expected[i])).toBe(-1);
  });

  it('is right to float32 accuracy, in both tails too', () => {
    forGenerated(logitsCases, ({logits, dy, shape, temperature}) => {
      const product = read(() =>
        sigmoidJacobianProduct({dy: tensor(dy, shape), logits: tensor(logits, shape)}, {temperature}),
      );
      const expected = [...logits].map((logit, i) => {
        const e = Math.exp(-Math.abs(logit / temperature));
        return (dy[i]! * e) / (1 + e) ** 2 / temperature;
      });
      // exp(x) of an x that is off by an ulp, |x| < 88, is off by 1e-5 of itself.
      expectWithin(product, expected, (i) => 1e-5 * Math.abs(expected[i]!) + 1e-37 / temperature);
    });
  });

  it('agrees with the composed reference', () => {
    forGenerated(logitsCases, ({logits, dy, shape, temperature}) => {
      const gradient = () => tensor(dy, shape);
      const fast = read(() =>
        sigmoidJacobianProduct({dy: gradient(), logits: tensor(logits, shape)}, {temperature}),
      );
      const composed = read(() =>
        sigmoidJacobianProduct.composed({dy: gradient(), logits: tensor(logits, shape)}, {temperature}),
      );
      expectWithin(fast, composed, () => 1e-6 / temperature);
    });
  });
});

describe(`binary kernels on ${getBackend()}`, () => {
  it('NaN stays NaN and touches no neighbour; infinities are certain', () => {
    const logits = tensor([Number.NaN, 1, Infinity, -Infinity, Number.NaN]);
    const sampled = read(() => sampleBinary({logits}, {temperature: 0.5, ...KEY}));
    const modes = read(() => binaryMode({logits}));
    const product = read(() =>
      sigmoidJacobianProduct({dy: tensor([1, 1, 1, 1, 1]), logits}, {temperature: 0.5}),
    );
    for (const output of [sampled, modes, product]) {
      expect([...output].map(Number.isNaN)).toEqual([true, false, false, false, true]);
    }
    expect([sampled[2], sampled[3], modes[2], modes[3], product[2], product[3]]).toEqual([1, 0, 1, 0, 0, 0]);
    logits.dispose();
  });

  it('leave nothing behind', () => {
    const logits = tensor([1, 2, 3]);
    const before = {...memory()};
    sampleBinary({logits}, {temperature: 1, ...KEY}).dispose();
    binaryMode({logits}).dispose();
    sigmoidJacobianProduct({dy: logits, logits}, {temperature: 1}).dispose();
    expect(memory()).toMatchObject({numTensors: before.numTensors, numDataBuffers: before.numDataBuffers});
    logits.dispose();
  });
});
