import {type TensorInfo, util} from '@tensorflow/tfjs-core';
import {type RandomKey, scrambleKey} from '../pcg4d.js';
import type {Uniform, WebGpuBackend} from './WebGpuBackend.js';

const WGSL_TYPES = {float32: 'f32', int32: 'i32', uint32: 'u32'} as const;

/** Invocations per workgroup, which share `var<workgroup>` variables. */
export const WORKGROUP = 64;

/** A program in WGSL with its operands. Every tensor is a flat array in it, under its name. */
export interface Program {
  /** Identifies the WGSL: programs of one name have the same `declarations` and `main`. */
  readonly name: string;
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  /** Numbers under their names; in WGSL `uniforms.name`. */
  readonly uniforms?: Readonly<Record<string, Uniform>>;
  /** Shapes of the outputs, `float32`. In WGSL the first is `result`, the others have the names given here. */
  readonly outputs: {readonly result: number[]} & Readonly<Record<string, number[]>>;
  /** How often `main` runs, with `index` counting from 0. */
  readonly invocations: number;
  /** Whether `main` waits for the others of its workgroup: then `invocations` is a multiple of `WORKGROUP`, and all run to the end. */
  readonly hasBarriers?: boolean;
  /** Functions that `main` calls. */
  readonly declarations?: string;
  /** Body of the function; `index` is an i32. */
  readonly main: string;
}

/** A float, rounded to single precision. */
export function f32(value: number): Uniform {
  return {type: 'float32', data: [value]};
}

/** A signed integer. */
export function i32(value: number): Uniform {
  return {type: 'int32', data: [value]};
}

/** The uniforms `seed`, `stream` and `step` that `PCG4D` reads. */
export function keyUniforms(key: RandomKey): Record<string, Uniform> {
  const u32 = (value: number): Uniform => ({type: 'uint32', data: [value]});
  const {seed, stream, step} = scrambleKey(key);
  return {seed: u32(seed), stream: u32(stream), step: u32(step)};
}

/**
 * Dispatches a program once and returns its outputs.
 *
 * The backend declares a program's operands itself: one output to write, the others to read. Further outputs go in as
 * operands, and are declared once more as writable under their own names; WGSL allows two variables for one binding
 * as long as only one of them is used.
 */
export function runProgram(backend: WebGpuBackend, program: Program): TensorInfo[] {
  const {name, inputs, uniforms = {}, outputs, invocations, hasBarriers, declarations = '', main} = program;
  const [result, ...others] = Object.values(outputs).map((shape) => emptyOutput(backend, shape));
  if (util.sizeFromShape(result!.shape) === 0) return [result!, ...others];
  const names = Object.keys(inputs);
  const otherNames = Object.keys(outputs).slice(1);
  const operands = Object.values(inputs).map((input) => notEmpty(backend, input));
  const numbers = {...uniforms, invocations: i32(invocations)};
  backend.runWebGPUProgram(
    {
      variableNames: [...names, ...otherNames.map((other) => `${other}Operand`)],
      outputShape: [util.sizeFromShape(result!.shape)],
      uniforms: Object.entries(numbers)
        .map(([field, {type}]) => `${field} : ${WGSL_TYPES[type]}, `)
        .join(''),
      shaderKey: `Discrete${name}`,
      workgroupSize: [WORKGROUP, 1, 1],
      dispatchLayout: {x: [0]},
      dispatch: [Math.ceil(invocations / WORKGROUP), 1, 1],
      getUserCode: () => `
        ${otherNames.map((other, i) => writable(other, 1 + names.length + i)).join('\n')}
        ${declarations}
        fn main(index : i32) {
          ${hasBarriers ? '_ = uniforms.invocations;' : 'if (index >= uniforms.invocations) { return; }'}
          ${main}
        }`,
    },
    [...operands, ...others].map(flat),
    'float32',
    Object.values(numbers),
    flat(result!),
  );
  operands.forEach((operand, i) => {
    if (operand !== inputs[names[i]!]) backend.disposeData(operand.dataId);
  });
  return [result!, ...others];
}

function writable(name: string, binding: number): string {
  return `@group(0) @binding(${binding}) var<storage, read_write> ${name} : array<f32>;`;
}

function flat(info: TensorInfo): TensorInfo {
  return {...info, shape: [util.sizeFromShape(info.shape)]};
}

function emptyOutput(backend: WebGpuBackend, shape: number[]): TensorInfo {
  const isEmpty = util.sizeFromShape(shape) === 0;
  return backend.makeTensorInfo(shape, 'float32', isEmpty ? new Float32Array(0) : undefined);
}

/** A buffer without elements cannot be bound; one that is never read takes its place. */
function notEmpty(backend: WebGpuBackend, info: TensorInfo): TensorInfo {
  if (util.sizeFromShape(info.shape) > 0) return info;
  return backend.makeTensorInfo(
    [1],
    info.dtype,
    info.dtype === 'int32' ? new Int32Array(1) : new Float32Array(1),
  );
}
