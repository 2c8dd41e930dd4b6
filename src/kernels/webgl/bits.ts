/** What a float is by its bits, in GLSL: comparisons with NaN are not dependable on GPUs. */
export const BITS = `
  bool isNaNByBits(float x) {
    return (floatBitsToUint(x) & 0x7fffffffu) > 0x7f800000u;
  }

  bool isInfinite(float x) {
    return (floatBitsToUint(x) & 0x7fffffffu) == 0x7f800000u;
  }
`;
