import {loadCifar10} from './cifar10.js';
import {type ImageSet, loadGrey} from './images.js';
import {loadSvhn} from './svhn.js';

const BORDER = 2;

/** 32 x 32 images: `mnist` and `fashion-mnist` in a black frame, `cifar-10`, `svhn`. */
export async function loadImages(name: string, limit?: number): Promise<ImageSet> {
  switch (name) {
    case 'cifar-10':
      return loadCifar10(limit);
    case 'svhn':
      return loadSvhn(limit);
    case 'mnist':
    case 'fashion-mnist':
      return loadGrey(name, BORDER, limit);
    default:
      throw new Error(`\`dataset\` must be mnist, fashion-mnist, cifar-10 or svhn, got ${name}.`);
  }
}
