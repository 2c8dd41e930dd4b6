import '@tensorflow/tfjs-layers'; // brings the operations
import {
  cast,
  type DataType,
  engine,
  greaterEqual,
  lessEqual,
  type Tensor,
  tensor,
  util,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {installTrainingKernels, type TrainingKernels} from '../../src/wasm/index.js';
import {expectAsOnCpu, forAll, smallIntegers} from './onBothBackends.js';

type Inputs = Record<string, Tensor> | Tensor[];
type Make = (generated: Generated) => {inputs: Inputs; attrs?: object};

const dtypes = fc.constantFrom<DataType>('float32', 'int32', 'bool');
const generated = fc.record({
  /** Any length may be 0. */
  shape: fc.array(fc.nat({max: 5}), {maxLength: 4}),
  dtypes: fc.tuple(dtypes, dtypes),
  flags: fc.tuple(fc.boolean(), fc.boolean()),
  sizes: fc.tuple(fc.nat({max: 4}), fc.nat({max: 6}), fc.nat({max: 9})),
  seed: fc.nat(),
});
type Generated = typeof generated extends fc.Arbitrary<infer T> ? T : never;

function values(shape: number[], dtype: DataType, seed: number): Tensor {
  const integers = smallIntegers(util.sizeFromShape(shape), seed);
  if (dtype === 'bool')
    return tensor(
      integers.map((each) => (each > 0 ? 1 : 0)),
      shape,
      'bool',
    );
  return tensor(dtype === 'float32' ? integers.map((each) => each / 2) : integers, shape, dtype);
}

const unary: Make = ({shape, dtypes: [dtype], seed}) => ({inputs: {x: values(shape, dtype, seed)}});

const reduction: Make = ({shape, dtypes: [dtype], flags: [keepDims, all], seed}) => ({
  inputs: {x: values(shape, dtype, seed)},
  attrs: {axis: shape.map((_, i) => i).filter((i) => all || (seed >> i) & 1), keepDims},
});

const pair: Make = ({shape, dtypes: [a, b], flags: [single], seed}) => ({
  inputs: {a: values(shape, a, seed), b: values(single ? [] : shape, b, seed + 1)},
});

/** Of dy `[1 or 2, 3, 3, channels]` and x or a filter. */
const gradient =
  (name: 'x' | 'filter', depthwise: boolean): Make =>
  ({dtypes: [first, second], sizes: [batch, channels, outChannels], seed}) => {
    const image = [batch % 3, 4, 4, 1 + (channels % 3)];
    const filter = [2, 2, image[3]!, 1 + (outChannels % 3)];
    const dy = [image[0]!, 3, 3, depthwise ? image[3]! * filter[3]! : filter[3]!];
    return {
      inputs: {
        [name]: values(name === 'x' ? image : filter, first, seed),
        dy: values(dy, second, seed + 1),
      },
      attrs: {
        strides: [1, 1],
        dilations: [1, 1],
        pad: 'valid',
        dataFormat: 'NHWC',
        inputShape: image,
        filterShape: filter,
      },
    };
  };

const product: Make = ({flags: [transposeA, transposeB], sizes: [m, n, k], seed}) => ({
  inputs: {
    a: values(transposeA ? [1, k, m] : [1, m, k], 'float32', seed),
    b: values(transposeB ? [1, n, k] : [1, k, n], 'float32', seed + 1),
  },
  attrs: {transposeA, transposeB},
});

/** How to call every kernel that `installTrainingKernels` replaces or adds, and the tolerance of its results. */
const KERNELS: Record<string, {make: Make; tolerance?: number}> = {
  BatchMatMul: {make: product},
  _FusedMatMul: {
    make: (one) => {
      const {inputs, attrs} = product(one);
      const {
        sizes: [m, n],
        dtypes: [dtype],
        seed,
      } = one;
      const shapes = [[n], [1], [], [1, n], [m, n], [1, m, 1]];
      const activation = ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu', 'prelu'][seed % 7]!;
      const withBias = seed % 5 > 0 && {bias: values(shapes[(seed >> 3) % 6]!, dtype, seed + 2)};
      const slopes = values([[1], [n], [m, 1], [1, m, n]][(seed >> 5) % 4]!, 'float32', seed + 3);
      return {
        inputs: {...inputs, ...withBias, ...(activation === 'prelu' && {preluActivationWeights: slopes})},
        attrs: {...attrs, activation, leakyreluAlpha: 0.25},
      };
    },
    tolerance: 1e-5,
  },
  GatherV2: {
    make: ({shape, dtypes: [dtype], flags: [fromEnd, inBatches], sizes: [count], seed}) => {
      const rank = shape.length + 1;
      const axis = seed % rank;
      const batch = shape.slice(0, axis).map((length) => (inBatches ? length || 1 : length)); // cpu fails without any
      const of = [...batch, 3, ...shape.slice(axis)];
      const batchDims = inBatches ? axis : 0;
      const indexShape = [...of.slice(0, batchDims), count];
      const indices = smallIntegers(util.sizeFromShape(indexShape), seed).map((each) => (each + 4) % 3);
      return {
        inputs: {x: values(of, dtype, seed), indices: tensor(indices, indexShape, 'int32')},
        attrs: {axis: fromEnd ? axis - rank : axis, batchDims},
      };
    },
  },
  Slice: {
    make: ({shape, dtypes: [dtype], seed}) => {
      const of = [...shape, 3];
      const begin = of.map((length, i) => (seed >> i) % (length + 1));
      const size = of.map((length, i) => (seed >> (2 * i)) % (length - begin[i]! + 1));
      return {inputs: {x: values(of, dtype, seed)}, attrs: {begin, size}};
    },
  },
  Identity: {make: unary},
  // To the dtype that it has; other casts are left to the backend.
  Cast: {make: (one) => ({...unary(one), attrs: {dtype: one.dtypes[0]}})},
  Sum: {make: reduction},
  Mean: {make: reduction, tolerance: 1e-6},
  Sqrt: {make: unary, tolerance: 1e-6},
  Exp: {make: unary, tolerance: 1e-5},
  Log: {make: unary, tolerance: 1e-6},
  Log1p: {make: unary, tolerance: 1e-6},
  GreaterEqual: {make: pair},
  LessEqual: {make: pair},
  // tfjs-core accepts `bool` only; for other dtypes the cpu backend returns the operands themselves.
  LogicalAnd: {make: (one) => pair({...one, dtypes: ['bool', 'bool']})},
  Select: {
    make: ({shape, dtypes: [t, e], seed}) => ({
      inputs: {
        condition: values(shape, 'bool', seed),
        t: values(shape, t, seed + 1),
        e: values(shape, e, seed + 2),
      },
    }),
  },
  UnsortedSegmentSum: {
    make: ({shape, dtypes: [dtype], sizes: [rows, numSegments], seed}) => ({
      inputs: {x: values([rows, ...shape], dtype, seed), segmentIds: values([rows], 'int32', seed + 1)},
      attrs: {numSegments: 1 + numSegments},
    }),
  },
  Conv2DBackpropFilter: {make: gradient('x', false)},
  Conv2DBackpropInput: {make: gradient('filter', false)},
  DepthwiseConv2dNativeBackpropFilter: {make: gradient('x', true)},
  DepthwiseConv2dNativeBackpropInput: {make: gradient('filter', true)},
  MaxPoolGrad: {
    make: ({dtypes: [input, dy], sizes: [batch, channels], seed}) => ({
      inputs: {
        input: values([batch % 3, 4, 5, channels], input, seed),
        dy: values([batch % 3, 2, 3, channels], dy, seed + 1),
      },
      attrs: {filterSize: 2, strides: 2, pad: 'same'},
    }),
  },
  Einsum: {
    make: ({dtypes: [dtype], sizes: [i, j, k], seed}) => ({
      inputs: [values([i, j], dtype, seed), values([j, k], dtype, seed + 1)],
      attrs: {equation: 'ij,jk->ik'},
    }),
  },
};

describe('every kernel of installTrainingKernels', () => {
  let kernels: TrainingKernels;
  beforeEach(() => {
    kernels = installTrainingKernels();
  });
  afterEach(() => kernels.restore());

  it('is tested below', () => {
    const ofOurs = (name: string) => name.includes('.') || name.startsWith('Discrete'); // not kernels of TensorFlow.js
    const replaced = kernels.installed.filter((name) => !ofOurs(name));
    expect(Object.keys(KERNELS).sort()).toEqual(replaced.sort());
  });

  it.each(Object.entries(KERNELS))(
    '%s computes what the cpu backend does, for every dtype and for empty tensors',
    async (name, {make, tolerance}) => {
      await forAll(200, generated, async (one) => {
        await expectAsOnCpu(() => {
          const {inputs, attrs} = make(one);
          return engine().runKernel(name, inputs as never, attrs as never) as Tensor;
        }, tolerance);
      });
    },
  );

  it('throws for products of dtypes other than float32, as the backend does', () => {
    const a = cast(values([2, 2], 'int32', 1), 'int32');
    for (const name of ['BatchMatMul', '_FusedMatMul']) {
      const attrs = {transposeA: false, transposeB: false, activation: 'linear'};
      expect(() => engine().runKernel(name, {a, b: a}, attrs)).toThrow('float32 tensors not yet supported');
    }
  });

  it('throws when asked to compare strings', () => {
    const words = tensor(['a', 'b']);
    expect(() => greaterEqual(words, words)).toThrow(
      'GreaterEqual: the wasm backend compares numbers only, got string.',
    );
    expect(() => lessEqual(words, words)).toThrow('LessEqual: the wasm backend compares numbers only');
  });
});
