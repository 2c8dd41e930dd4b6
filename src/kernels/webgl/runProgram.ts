import {type TensorInfo, util} from '@tensorflow/tfjs-core';
import {type RandomKey, scrambleKey} from '../pcg4d.js';
import type {WebGlBackend} from './WebGlBackend.js';

/** A number that a program gets under its name. */
export interface Uniform {
  readonly type: 'float' | 'int';
  readonly value: number;
}

/** A program in GLSL with its operands. Every tensor is a flat array in it: the input `x` is read by `getX(i)`. */
export interface Program {
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  readonly uniforms?: Readonly<Record<string, Uniform>>;
  /** Shape of the output, `float32`. */
  readonly shape: number[];
  /** Functions that `main` calls. */
  readonly declarations?: string;
  /** Body of the function from `index` of the output, an int, to the number there, a float. */
  readonly main: string;
}

/** A float, rounded to single precision. */
export function float(value: number): Uniform {
  return {type: 'float', value};
}

/** A signed integer. */
export function int(value: number): Uniform {
  return {type: 'int', value};
}

/** The uniforms `keySeed`, `keyStream` and `keyStep` that `PCG4D` reads, as signed integers of the same bits. */
export function keyUniforms(key: RandomKey): Record<string, Uniform> {
  const {seed, stream, step} = scrambleKey(key);
  return {keySeed: int(seed | 0), keyStream: int(stream | 0), keyStep: int(step | 0)};
}

/** Runs a program once and returns its output. */
export function runProgram(
  backend: WebGlBackend,
  {inputs, uniforms = {}, shape, declarations = '', main}: Program,
): TensorInfo {
  const size = util.sizeFromShape(shape);
  if (size === 0) return backend.makeTensorInfo(shape, 'float32', new Float32Array(0));
  const names = Object.keys(inputs);
  const operands = Object.values(inputs).map((input) => plain(backend, input));
  const output = backend.runWebGLProgram(
    {
      variableNames: names,
      outputShape: [size],
      customUniforms: Object.entries(uniforms).map(([name, {type}]) => ({name, type})),
      userCode: `
        ${declarations}
        float valueAt(int index) {
          ${main}
        }
        void main() {
          setOutput(valueAt(getOutputCoords()));
        }`,
    },
    operands.map((operand) => ({...operand, shape: [util.sizeFromShape(operand.shape)]})),
    'float32',
    Object.values(uniforms).map(({value}) => [value]),
  );
  operands.forEach((operand, i) => {
    if (operand !== inputs[names[i]!]) backend.disposeData(operand.dataId);
  });
  return {...output, shape};
}

/** The tensor with one number per texel. An empty one, which is never read, becomes one of one element: a texture has to have some. */
function plain(backend: WebGlBackend, info: TensorInfo): TensorInfo {
  if (util.sizeFromShape(info.shape) === 0)
    return backend.makeTensorInfo([1], 'float32', new Float32Array(1));
  return backend.texData.get(info.dataId).isPacked ? backend.unpackTensor(info) : info;
}
