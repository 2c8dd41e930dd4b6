/** The first of the largest of `logits` from `begin` to before `end` in GLSL, and whether those have no distribution. Needs `BITS`. */
export const LARGEST = `
  struct Largest { int index; float value; bool isUndefined; };

  Largest largestOf(int begin, int end) {
    float first = getLogits(begin);
    Largest largest = Largest(begin, first, isNaNByBits(first));
    for (int i = begin + 1; i < end; i++) {
      float value = getLogits(i);
      if (isNaNByBits(value)) { largest.isUndefined = true; }
      if (value > largest.value) { largest.index = i; largest.value = value; }
    }
    if (isInfinite(largest.value)) { largest.isUndefined = true; }
    return largest;
  }
`;
