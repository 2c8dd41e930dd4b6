import {uniform} from '../ops/uniform.js';
import {PCG4D} from './pcg4d.js';
import {keyUniforms, runProgram} from './runProgram.js';
import type {WebGlBackend} from './WebGlBackend.js';

export const uniformOnWebGl = uniform.kernelOn<WebGlBackend>('webgl', (_, {shape, ...key}, backend) =>
  runProgram(backend, {
    inputs: {},
    uniforms: keyUniforms(key),
    shape,
    declarations: PCG4D,
    main: 'return uniformAt(index);',
  }),
);
