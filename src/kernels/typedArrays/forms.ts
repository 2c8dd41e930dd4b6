import type {TensorInfo} from '@tensorflow/tfjs-core';
import {fillUniform} from '../pcg4d.js';
import {binaryMode, sampleBinary, sigmoidJacobianProduct} from './binary.js';
import {categoryMode, sampleCategory, softmaxJacobianProduct} from './categorical.js';
import {gateLogitsGradient, sampleGates} from './gateLogits.js';
import {gateSizes} from './gateSizes.js';
import type {Form, FormAttributes, FormInputs, Host} from './Host.js';
import {coefficientGradient, evaluateGates, inputGradient} from './logicGates.js';
import {hasNaN, sumAbsoluteRows, sumOfSquares, sumRows} from './reductions.js';

/** Every kernel as loops over typed arrays, by name. */
export const TYPED_ARRAY_FORMS: Readonly<Record<string, Form<Host>>> = {
  DiscreteRandomUniform: (host, _, {shape, ...key}) => {
    const output = host.output(shape);
    fillUniform(host.floats(output)[0]!, key);
    return output;
  },
  DiscreteDrawCategory: forward((logits, out, categories, {temperature, ...key}) =>
    sampleCategory(logits, out, categories, temperature, key),
  ),
  DiscreteMostLikelyCategory: forward(categoryMode),
  DiscreteSoftmaxJacobianProduct: backward(softmaxJacobianProduct),
  DiscreteDrawBinary: forward((logits, out, _, {temperature, ...key}) =>
    sampleBinary(logits, out, temperature, key),
  ),
  DiscreteMostLikelyBinary: forward(binaryMode),
  DiscreteSigmoidJacobianProduct: backward((dy, logits, out, _, temperature) =>
    sigmoidJacobianProduct(dy, logits, out, temperature),
  ),
  DiscreteDrawGates: (host, {logits}, {temperature, ...key}) => {
    const output = host.output([logits!.shape[0]!, 4]);
    const [from, to] = host.floats(logits!, output) as [Floats, Floats];
    sampleGates(from, to, temperature, key);
    return output;
  },
  DiscreteGateLogitsGradient: (host, {sums, logits, masses}, {temperature}) => {
    const output = host.output(logits!.shape);
    if (masses === undefined) {
      const [gradient, from, to] = host.floats(sums!, logits!, output) as [Floats, Floats, Floats];
      gateLogitsGradient(gradient, from, to, temperature);
      return output;
    }
    const reached = host.output([logits!.shape[0]!]);
    const arrays = host.floats(sums!, logits!, output, masses, reached);
    const [gradient, from, to, seen, magnitude] = arrays as [Floats, Floats, Floats, Floats, Floats];
    gateLogitsGradient(gradient, from, to, temperature, {masses: seen, magnitude});
    return [output, reached];
  },
  DiscreteLogicGates: gates,
  DiscreteLogicGatesCoefficientGradient: (host, {dy, x, connections}, {watched}) =>
    sumsOf(host, dy!, x!, connections!, watched),
  DiscreteLogicGatesGradients: (host, {dy, x, coefficients, connections}, {gradientFactor, watched}) => {
    const sizes = gateSizes(x!, connections!, host.integers(connections!));
    const dx = host.output(x!.shape);
    const arrays = host.floats(dy!, x!, coefficients!, dx) as [Floats, Floats, Floats, Floats];
    const [gradient, from, c, to] = arrays;
    inputGradient(gradient, from, c, host.integers(connections!), to, gradientFactor, sizes);
    return [dx, ...sumsOf(host, dy!, x!, connections!, watched)];
  },
  DiscreteGlobalNorm: (host, {onto, ...tensors}) => {
    const output = host.output([]);
    const [to, former, ...arrays] = host.floats(output, onto ?? output, ...Object.values(tensors));
    const norm = Math.sqrt(arrays.reduce((sum, x) => sum + sumOfSquares(x), 0));
    to![0] = onto === undefined ? norm : former![0]! + norm;
    return output;
  },
  DiscreteHoldsNaN: reduction(
    () => [],
    (x, out) => out.fill(hasNaN(x) ? 1 : 0),
  ),
  DiscreteSumRows: (host, {x, onto}) => {
    const output = host.output([x!.shape[1]!]);
    const [to, from, former] = host.floats(output, x!, ...(onto === undefined ? [] : [onto]));
    sumRows(from!, to!, former);
    return output;
  },
  DiscreteSumAbsoluteRows: reduction(([, columns]) => [columns!], sumAbsoluteRows),
};

type Floats = Float32Array;

function gates(host: Host, {x, coefficients, connections}: FormInputs): TensorInfo {
  const sizes = gateSizes(x!, connections!, host.integers(connections!));
  const output = host.output([sizes.rows, sizes.units]);
  const [from, c, to] = host.floats(x!, coefficients!, output) as [Floats, Floats, Floats];
  evaluateGates(from, c, host.integers(connections!), to, sizes);
  return output;
}

/** The coefficients' gradient, and where somebody watches, the same sums of |dy|. */
function sumsOf(
  host: Host,
  dy: TensorInfo,
  x: TensorInfo,
  connections: TensorInfo,
  watched: boolean,
): TensorInfo[] {
  const sizes = gateSizes(x, connections, host.integers(connections));
  const outputs = (watched ? ['sums', 'masses'] : ['sums']).map(() => host.output([sizes.units, 4]));
  outputs.forEach((output, masses) => {
    const [gradient, from, to] = host.floats(dy, x, output) as [Floats, Floats, Floats];
    const counted = masses === 0 ? gradient : gradient.map(Math.abs);
    coefficientGradient(counted, from, host.integers(connections), to, sizes);
  });
  return outputs;
}

/** A kernel from `logits` to an output of that shape. */
function forward(
  write: (logits: Floats, out: Floats, categories: number, attributes: FormAttributes) => void,
): Form<Host> {
  return (host, {logits}, attributes) => {
    const output = host.output(logits!.shape);
    const [from, to] = host.floats(logits!, output) as [Floats, Floats];
    if (to.length > 0) write(from, to, lastOf(logits!), attributes);
    return output;
  };
}

/** A kernel from `dy` and `logits` to the gradient with respect to the logits. */
function backward(
  write: (dy: Floats, logits: Floats, out: Floats, categories: number, temperature: number) => void,
): Form<Host> {
  return (host, {dy, logits}, {temperature}) => {
    const output = host.output(logits!.shape);
    const [gradient, from, to] = host.floats(dy!, logits!, output) as [Floats, Floats, Floats];
    if (to.length > 0) write(gradient, from, to, lastOf(logits!), temperature);
    return output;
  };
}

/** A kernel from `x` to an output of another shape. */
function reduction(
  shapeOf: (shape: number[]) => number[],
  write: (x: Floats, out: Floats) => void,
): Form<Host> {
  return (host, {x}) => {
    const output = host.output(shapeOf(x!.shape));
    const [from, to] = host.floats(x!, output) as [Floats, Floats];
    if (to.length > 0) write(from, to);
    return output;
  };
}

/** Length of the last axis; of a scalar 1. */
export function lastOf({shape}: TensorInfo): number {
  return shape.at(-1) ?? 1;
}
