/** Writes 1 where the logit is > 0, else 0; NaN where the logit is NaN. */
export function bitModes(logits: Float32Array, out: Float32Array): void {
  for (let i = 0; i < out.length; i++) {
    const x = logits[i]!;
    out[i] = x > 0 ? 1 : x <= 0 ? 0 : Number.NaN;
  }
}
