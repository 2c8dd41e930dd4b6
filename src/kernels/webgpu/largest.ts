/** The first of the largest of `logits` from `begin` to before `end` in WGSL, and whether those have no distribution. */
export const LARGEST = `
  struct Largest { index : i32, value : f32, isUndefined : bool };

  fn largestOf(begin : i32, end : i32) -> Largest {
    var largest = Largest(begin, logits[begin], isnan(logits[begin]));
    for (var i = begin + 1; i < end; i++) {
      let value = logits[i];
      if (isnan(value)) { largest.isUndefined = true; }
      if (value > largest.value) { largest.index = i; largest.value = value; }
    }
    if (isinf(largest.value)) { largest.isUndefined = true; }
    return largest;
  }
`;
