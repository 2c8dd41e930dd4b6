import {getBackend, tidy} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {registerKernels, uniform, unregisterKernels} from '../../src/kernels/index.js';
import {fillUniform} from '../../src/kernels/pcg4d.js';
import {forGenerated} from './generated.js';

beforeAll(registerKernels);
afterAll(unregisterKernels);

it(`uniform on ${getBackend()} has the bits of fillUniform, whatever the length`, () => {
  const word = fc.nat(0xffffffff);
  const cases = fc.record({
    shape: fc.array(fc.integer({min: 0, max: 9}), {maxLength: 3}),
    key: fc.record({seed: word, stream: word, step: word}),
  });
  forGenerated(cases, ({shape, key}) => {
    const uniforms = tidy(() => {
      const output = uniform({}, {shape, ...key});
      expect(output.shape).toEqual(shape);
      return output.dataSync<'float32'>();
    });
    expect(uniforms).toEqual(fillUniform(new Float32Array(uniforms.length), key));
  });
});
