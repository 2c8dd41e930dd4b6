/**
 * e^x for x <= 0 in WGSL: the operations of `src/kernels/loops/exp.ts`. A GPU may fuse a product with a sum, which moves
 * the last bit.
 */
export const EXP = `
  fn expOf(x : f32) -> f32 {
    if (isnan(x)) { return x; }
    if (x < -87.3365447) { return 0.0; }
    let n = round(x * 1.44269504);
    var r = x - n * 0.693359375;
    r = r - n * -2.1219444e-4;
    var y = 1.98756915e-4 * r + 1.3981999507e-3;
    y = y * r + 8.3334519073e-3;
    y = y * r + 4.1665795894e-2;
    y = y * r + 1.6666665459e-1;
    y = y * r + 5.0000001201e-1;
    y = (y * (r * r) + r) + 1.0;
    return y * bitcast<f32>((i32(n) + 127) << 23u);
  }
`;
