/**
 * `fillUniform` in GLSL, in integers until the last step, which is exact: the same bits on every device. Reads the
 * uniforms of `keyUniforms`.
 */
export const PCG4D = `
  float uniformAt(int index) {
    uvec4 v = uvec4(uint(keySeed), uint(keyStream), uint(keyStep), uint(index / 4)) * 1664525u + 1013904223u;
    v.x += v.y * v.w;
    v.y += v.z * v.x;
    v.z += v.x * v.y;
    v.w += v.y * v.z;
    v ^= v >> 16u;
    v.x += v.y * v.w;
    v.y += v.z * v.x;
    v.z += v.x * v.y;
    v.w += v.y * v.z;
    int part = index % 4;
    uint bits = part == 0 ? v.x : part == 1 ? v.y : part == 2 ? v.z : v.w;
    return (float(bits >> 9u) + 0.5) * 1.1920928955078125e-7;
  }
`;
