/**
 * `fillUniform` in WGSL, in integers until the last step, which is exact: the same bits on every device. Reads the
 * uniforms of `keyUniforms`.
 */
export const PCG4D = `
  fn uniformsOf(block : i32) -> vec4<f32> {
    let key = vec4<u32>(uniforms.seed, uniforms.stream, uniforms.step, u32(block));
    var v = key * 1664525u + 1013904223u;
    v.x += v.y * v.w;
    v.y += v.z * v.x;
    v.z += v.x * v.y;
    v.w += v.y * v.z;
    v ^= v >> vec4<u32>(16u);
    v.x += v.y * v.w;
    v.y += v.z * v.x;
    v.z += v.x * v.y;
    v.w += v.y * v.z;
    return (vec4<f32>(v >> vec4<u32>(9u)) + 0.5) * 1.1920928955078125e-7;
  }

  fn uniformAt(index : i32) -> f32 {
    return uniformsOf(index / 4)[index % 4];
  }
`;
