import {mul, reshape, type Tensor, tidy, tile} from '@tensorflow/tfjs-core';
import {type LayersModel, metrics} from '@tensorflow/tfjs-layers';
import {biasVariance, type CodeLoss, estimatorMoments, exactGradient} from 'tfjs-discrete/analysis';

/** An image as the decoder sees it: its logits, and the loss of each code. */
export interface Encoded {
  /** `[latents, categories]`; the caller disposes them. */
  readonly logits: Tensor;
  readonly loss: CodeLoss;
}

/** Parts of a categorical variational autoencoder. */
interface Vae {
  readonly encoder: LayersModel;
  readonly decode: (codes: Tensor) => Tensor;
}

/** Encodes images, each `[1, pixels]`. */
export function encodeImages(
  {encoder, decode}: Vae,
  images: readonly Tensor[],
  [latents, categories]: readonly [latents: number, categories: number],
): Encoded[] {
  return images.map((image) => ({
    logits: tidy(() => reshape(encoder.predict(image) as Tensor, [latents, categories])),
    loss: (codes) => {
      const n = codes.shape[0]!;
      const answer = decode(reshape(codes, [n, latents * categories]));
      return mul(metrics.binaryCrossentropy(tile(image, [n, 1]), answer), image.size);
    },
  }));
}

/** The images' exact gradients at a forward temperature, as one vector. */
export async function exactTogether(
  encoded: readonly Encoded[],
  forwardTemperature: number,
): Promise<Float64Array> {
  const each: Float64Array[] = [];
  for (const {loss, logits} of encoded) {
    each.push((await exactGradient(loss, logits, {forwardTemperature})).gradient);
  }
  return joined(each);
}

/** What is measured of an estimator. */
export interface Moments {
  /** |exact - mean| / |exact|, with the exact gradient at the forward temperature under test. */
  readonly bias: number;
  /** The same with the exact gradient at temperature 1: of the model that is used afterwards. */
  readonly biasAt1: number;
  /** Norm of the standard deviations. */
  readonly deviation: number;
  /** The same, divided by the norm of the mean, as the papers' public code does. */
  readonly noiseToSignal: number;
  /** Norm of the exact gradient at the forward temperature. */
  readonly exactNorm: number;
}

/**
 * Moments of an estimator's gradient over many passes against the exact gradient. The images' gradients are one vector, as in a batch, so
 * that an image with next to no gradient does not decide alone.
 */
export async function momentsTogether(
  encoded: readonly Encoded[],
  args: Parameters<typeof estimatorMoments>[2],
  exact: {readonly atForward: Float64Array; readonly at1: Float64Array},
): Promise<Moments> {
  const each = [];
  for (const [index, {loss, logits}] of encoded.entries()) {
    each.push(await estimatorMoments(loss, logits, {...args!, seed: args!.seed + index}));
  }
  const together = {
    mean: joined(each.map(({mean}) => mean)),
    standardDeviation: joined(each.map(({standardDeviation}) => standardDeviation)),
  };
  const against = (gradient: Float64Array) => biasVariance({expectedLoss: Number.NaN, gradient}, together);
  const {relativeBias: bias, deviation, noiseToSignal} = against(exact.atForward);
  return {
    bias,
    biasAt1: against(exact.at1).relativeBias,
    deviation,
    noiseToSignal,
    exactNorm: Math.hypot(...exact.atForward),
  };
}

function joined(parts: readonly Float64Array[]): Float64Array {
  return Float64Array.from(parts.flatMap((part) => [...part]));
}
