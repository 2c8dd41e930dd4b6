import {BITS} from './bits.js';

/**
 * e^x for x <= 0 in GLSL: the operations of `src/kernels/loops/exp.ts`. A GPU may fuse a product with a sum, which moves
 * the last bit.
 */
export const EXP = `
  ${BITS}
  float expOf(float x) {
    if (isNaNByBits(x)) { return x; }
    if (x < -87.3365447) { return 0.0; }
    float n = roundEven(x * 1.44269504);
    float r = x - n * 0.693359375;
    r = r - n * -2.1219444e-4;
    float y = 1.98756915e-4 * r + 1.3981999507e-3;
    y = y * r + 8.3334519073e-3;
    y = y * r + 4.1665795894e-2;
    y = y * r + 1.6666665459e-1;
    y = y * r + 5.0000001201e-1;
    y = (y * (r * r) + r) + 1.0;
    return y * intBitsToFloat((int(n) + 127) << 23);
  }
`;
