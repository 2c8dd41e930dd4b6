import type {Images} from './data/images.js';

/** The part of `Images` that a split needs. */
type Some = Pick<Images, 'count' | 'height' | 'width' | 'pixels' | 'labels'> & {readonly channels?: number};

/**
 * Splits the last images off for validation, so that the test set chooses nothing.
 *
 * @param share Of the images, 0 to 1; at least one image of each part remains.
 */
export function holdOut<P extends Some>(images: P, share: number): {train: P; validation: P} {
  if (!(share > 0 && share < 1)) throw new Error(`\`holdOut\` must be between 0 and 1, got ${share}.`);
  const held = Math.min(images.count - 1, Math.max(1, Math.round(share * images.count)));
  return {
    train: between(images, 0, images.count - held),
    validation: between(images, images.count - held, images.count),
  };
}

function between<P extends Some>(images: P, begin: number, end: number): P {
  const size = images.height * images.width * (images.channels ?? 1);
  return {
    ...images,
    count: end - begin,
    pixels: images.pixels.subarray(begin * size, end * size),
    labels: images.labels.subarray(begin, end),
  };
}
