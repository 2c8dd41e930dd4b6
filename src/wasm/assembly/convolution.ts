import {Geometry} from './Geometry';
import {gemm} from './gemm';
import {addFloats, copyFloats} from './lanes';

/**
 * Writes rows `from` ... `from + rows - 1` of the patch matrix of x: one row per output pixel, with the
 * filterHeight x filterWidth x channels inputs under the filter, zero outside of the image.
 */
function patches(x: usize, geometry: Geometry, from: i32, rows: i32, to: usize): void {
  const filterHeight = geometry.filterHeight;
  const filterWidth = geometry.filterWidth;
  const channels = geometry.channels;
  const pixel = (<usize>channels) << 2;
  const line = pixel * geometry.width;
  for (let output = from; output < from + rows; output++) {
    const image = imageOf(x, geometry, output);
    const y0 = topOf(geometry, output);
    const x0 = leftOf(geometry, output);
    const first = min(max(0, -x0), filterWidth);
    const last = max(first, min(filterWidth, geometry.width - x0));
    for (let r = 0; r < filterHeight; r++, to += pixel * filterWidth) {
      if (<u32>(y0 + r) >= <u32>geometry.height) {
        memory.fill(to, 0, pixel * filterWidth);
        continue;
      }
      const source = image + (y0 + r) * line + (x0 + first) * pixel;
      if (first > 0) memory.fill(to, 0, pixel * first);
      copyFloats(to + pixel * first, source, (last - first) * channels);
      if (last < filterWidth) memory.fill(to + pixel * last, 0, pixel * (filterWidth - last));
    }
  }
}

/** Adds rows of a patch matrix to the inputs that they came from: the transpose of `patches`. */
function addPatches(x: usize, geometry: Geometry, from: i32, rows: i32, matrix: usize): void {
  const filterHeight = geometry.filterHeight;
  const filterWidth = geometry.filterWidth;
  const channels = geometry.channels;
  const pixel = (<usize>channels) << 2;
  const line = pixel * geometry.width;
  for (let output = from; output < from + rows; output++) {
    const image = imageOf(x, geometry, output);
    const y0 = topOf(geometry, output);
    const x0 = leftOf(geometry, output);
    const first = min(max(0, -x0), filterWidth);
    const last = max(first, min(filterWidth, geometry.width - x0));
    for (let r = 0; r < filterHeight; r++, matrix += pixel * filterWidth) {
      if (<u32>(y0 + r) >= <u32>geometry.height) continue;
      const target = image + (y0 + r) * line + (x0 + first) * pixel;
      addFloats(target, matrix + pixel * first, (last - first) * channels);
    }
  }
}

/** Address of the image of the batch to which an output pixel belongs. */
function imageOf(x: usize, geometry: Geometry, output: i32): usize {
  const image = output / (geometry.outHeight * geometry.outWidth);
  return x + ((<usize>image * geometry.height * geometry.width * geometry.channels) << 2);
}

/** Row of the image at which the window of an output pixel starts; it may lie outside. */
function topOf(geometry: Geometry, output: i32): i32 {
  return ((output / geometry.outWidth) % geometry.outHeight) * geometry.strideHeight - geometry.top;
}

/** Column of the image at which the window of an output pixel starts; it may lie outside. */
function leftOf(geometry: Geometry, output: i32): i32 {
  return (output % geometry.outWidth) * geometry.strideWidth - geometry.left;
}

/**
 * Gradient of a convolution with respect to its filter [filterHeight, filterWidth, channels, outChannels]: the transposed
 * patch matrix times dy, `chunk` output pixels at a time.
 *
 * @param matrix Address of chunk x filterHeight x filterWidth x channels floats.
 * @param scratch See `gemm`.
 */
export function filterGradient(
  x: usize,
  dy: usize,
  geometry: Geometry,
  to: usize,
  chunk: i32,
  matrix: usize,
  scratch: usize,
): void {
  const outputs = geometry.batch * geometry.outHeight * geometry.outWidth;
  const patch = geometry.filterHeight * geometry.filterWidth * geometry.channels;
  const outChannels = geometry.outChannels;
  for (let from = 0; from < outputs; from += chunk) {
    const rows = min(chunk, outputs - from);
    patches(x, geometry, from, rows, matrix);
    const dyRows = dy + ((<usize>from * outChannels) << 2);
    gemm(
      1,
      patch,
      outChannels,
      rows,
      matrix,
      1,
      1,
      patch,
      dyRows,
      1,
      outChannels,
      1,
      to,
      outChannels,
      0,
      -Infinity,
      Infinity,
      from, // the first rows overwrite, the others add
      scratch,
    );
  }
}

/** Gradient of a convolution with respect to its input: dy times the transposed filter, added to the pixels under it. */
export function inputGradient(
  dy: usize,
  filter: usize,
  geometry: Geometry,
  to: usize,
  chunk: i32,
  matrix: usize,
  scratch: usize,
): void {
  const outputs = geometry.batch * geometry.outHeight * geometry.outWidth;
  const patch = geometry.filterHeight * geometry.filterWidth * geometry.channels;
  const outChannels = geometry.outChannels;
  memory.fill(to, 0, (<usize>geometry.batch * geometry.height * geometry.width * geometry.channels) << 2);
  for (let from = 0; from < outputs; from += chunk) {
    const rows = min(chunk, outputs - from);
    const dyRows = dy + ((<usize>from * outChannels) << 2);
    gemm(
      1,
      rows,
      patch,
      outChannels,
      dyRows,
      1,
      outChannels,
      1,
      filter,
      1,
      1,
      outChannels,
      matrix,
      patch,
      0,
      -Infinity,
      Infinity,
      0,
      scratch,
    );
    addPatches(to, geometry, from, rows, matrix);
  }
}

/**
 * Gradients of a depthwise convolution. Channel c of the input feeds the outputs from c * multiplier; the
 * filter is [filterHeight, filterWidth, channels, multiplier].
 *
 * @param forFilter Nonzero: `other` is x, and the filter's gradient is added to `to`. Zero: `other` is the
 *   filter, and the input's gradient is added to `to`. `to` must have been cleared.
 */
export function depthwiseGradient(
  forFilter: i32,
  dy: usize,
  other: usize,
  geometry: Geometry,
  to: usize,
): void {
  const height = geometry.height;
  const width = geometry.width;
  const channels = geometry.channels;
  const filterHeight = geometry.filterHeight;
  const filterWidth = geometry.filterWidth;
  const multiplier = geometry.outChannels / channels;
  const pixel = (<usize>channels) << 2;
  const outPixel = pixel * multiplier;
  const dilationHeight = geometry.dilationHeight;
  const dilationWidth = geometry.dilationWidth;
  for (let image = 0; image < geometry.batch; image++) {
    for (let row = 0; row < geometry.outHeight; row++) {
      const y0 = row * geometry.strideHeight - geometry.top;
      for (let column = 0; column < geometry.outWidth; column++, dy += outPixel) {
        const x0 = column * geometry.strideWidth - geometry.left;
        for (let r = 0; r < filterHeight; r++) {
          const y = y0 + r * dilationHeight;
          if (<u32>y >= <u32>height) continue;
          for (let s = 0; s < filterWidth; s++) {
            const x = x0 + s * dilationWidth;
            if (<u32>x >= <u32>width) continue;
            const offset = ((<usize>image * height + y) * width + x) * pixel;
            const tap = <usize>(r * filterWidth + s) * outPixel;
            if (forFilter !== 0) addTap(dy, other + offset, channels, multiplier, to + tap);
            else addPixel(dy, other + tap, channels, multiplier, to + offset);
          }
        }
      }
    }
  }
}

/** filter[c, q] += dy[c, q] * x[c] */
function addTap(dy: usize, x: usize, channels: i32, multiplier: i32, filter: usize): void {
  const end = x + ((<usize>channels) << 2);
  if (multiplier === 1) {
    for (; x + 16 <= end; x += 16, dy += 16, filter += 16) {
      v128.store(filter, f32x4.add(v128.load(filter), f32x4.mul(v128.load(dy), v128.load(x))));
    }
  }
  for (; x < end; x += 4) {
    for (let q = 0; q < multiplier; q++, dy += 4, filter += 4) {
      store<f32>(filter, load<f32>(filter) + load<f32>(dy) * load<f32>(x));
    }
  }
}

/** x[c] += sum over q of dy[c, q] * filter[c, q] */
function addPixel(dy: usize, filter: usize, channels: i32, multiplier: i32, x: usize): void {
  const end = x + ((<usize>channels) << 2);
  if (multiplier === 1) {
    for (; x + 16 <= end; x += 16, dy += 16, filter += 16) {
      v128.store(x, f32x4.add(v128.load(x), f32x4.mul(v128.load(dy), v128.load(filter))));
    }
  }
  for (; x < end; x += 4) {
    let sum: f32 = 0;
    for (let q = 0; q < multiplier; q++, dy += 4, filter += 4) sum += load<f32>(dy) * load<f32>(filter);
    store<f32>(x, load<f32>(x) + sum);
  }
}
