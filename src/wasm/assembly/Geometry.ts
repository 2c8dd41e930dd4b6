/**
 * The sizes of a convolution or pooling, in the order in which `src/wasm/geometry.ts` writes them. Images are
 * [batch, height, width, channels]; a window's first row and column lie `top` and `left` before the image's.
 */
@unmanaged
export class Geometry {
  batch: i32;
  height: i32;
  width: i32;
  channels: i32;
  filterHeight: i32;
  filterWidth: i32;
  strideHeight: i32;
  strideWidth: i32;
  dilationHeight: i32;
  dilationWidth: i32;
  top: i32;
  left: i32;
  outHeight: i32;
  outWidth: i32;
  outChannels: i32;
}
