import {gemm} from './gemm';

/**
 * Rows `from` ... `from + rows - 1` of the patch matrix of x [batch, height, width, channels]: a row for
 * every output place, in it the filterHeight x filterWidth x channels inputs under the filter, zero outside.
 */
function patches(
  x: usize,
  height: i32,
  width: i32,
  channels: i32,
  filterHeight: i32,
  filterWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  top: i32,
  left: i32,
  outHeight: i32,
  outWidth: i32,
  from: i32,
  rows: i32,
  to: usize,
): void {
  const pixel = (<usize>channels) << 2;
  const line = pixel * width;
  for (let place = from; place < from + rows; place++) {
    const image = x + <usize>(place / (outHeight * outWidth)) * height * line;
    const y0 = ((place / outWidth) % outHeight) * strideHeight - top;
    const x0 = (place % outWidth) * strideWidth - left;
    const first = min(max(0, -x0), filterWidth);
    const last = max(first, min(filterWidth, width - x0));
    for (let r = 0; r < filterHeight; r++, to += pixel * filterWidth) {
      if (<u32>(y0 + r) >= <u32>height) {
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

/** Adds rows of a patch matrix onto the inputs they came from: the transpose of `patches`. */
function addPatches(
  x: usize,
  height: i32,
  width: i32,
  channels: i32,
  filterHeight: i32,
  filterWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  top: i32,
  left: i32,
  outHeight: i32,
  outWidth: i32,
  from: i32,
  rows: i32,
  matrix: usize,
): void {
  const pixel = (<usize>channels) << 2;
  const line = pixel * width;
  for (let place = from; place < from + rows; place++) {
    const image = x + <usize>(place / (outHeight * outWidth)) * height * line;
    const y0 = ((place / outWidth) % outHeight) * strideHeight - top;
    const x0 = (place % outWidth) * strideWidth - left;
    const first = min(max(0, -x0), filterWidth);
    const last = max(first, min(filterWidth, width - x0));
    for (let r = 0; r < filterHeight; r++, matrix += pixel * filterWidth) {
      if (<u32>(y0 + r) >= <u32>height) continue;
      addFloats(
        image + (y0 + r) * line + (x0 + first) * pixel,
        matrix + pixel * first,
        (last - first) * channels,
      );
    }
  }
}

function copyFloats(to: usize, from: usize, n: i32): void {
  const end = from + ((<usize>n) << 2);
  for (; from + 16 <= end; from += 16, to += 16) v128.store(to, v128.load(from));
  for (; from < end; from += 4, to += 4) store<f32>(to, load<f32>(from));
}

function addFloats(to: usize, from: usize, n: i32): void {
  const end = from + ((<usize>n) << 2);
  for (; from + 16 <= end; from += 16, to += 16) v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
  for (; from < end; from += 4, to += 4) store<f32>(to, load<f32>(to) + load<f32>(from));
}

/**
 * Gradient of a convolution for its filter [filterHeight, filterWidth, channels, outChannels]: the patch
 * matrix, transposed, times dy, `chunk` output places at a time.
 *
 * @param matrix Address of chunk x filterHeight x filterWidth x channels floats.
 * @param scratch See `gemm`.
 */
export function filterGradient(
  x: usize,
  dy: usize,
  batch: i32,
  height: i32,
  width: i32,
  channels: i32,
  filterHeight: i32,
  filterWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  top: i32,
  left: i32,
  outHeight: i32,
  outWidth: i32,
  outChannels: i32,
  to: usize,
  chunk: i32,
  matrix: usize,
  scratch: usize,
): void {
  const places = batch * outHeight * outWidth;
  const patch = filterHeight * filterWidth * channels;
  for (let from = 0; from < places; from += chunk) {
    const rows = min(chunk, places - from);
    patches(
      x,
      height,
      width,
      channels,
      filterHeight,
      filterWidth,
      strideHeight,
      strideWidth,
      top,
      left,
      outHeight,
      outWidth,
      from,
      rows,
      matrix,
    );
    gemm(
      1,
      patch,
      outChannels,
      rows,
      matrix,
      1,
      1,
      patch,
      dy + ((<usize>from * outChannels) << 2),
      1,
      outChannels,
      1,
      to,
      outChannels,
      0,
      -Infinity,
      Infinity,
      from,
      scratch,
    );
  }
}

/** Gradient of a convolution for its input: dy times the transposed filter, added onto the input's places. */
export function inputGradient(
  dy: usize,
  filter: usize,
  batch: i32,
  height: i32,
  width: i32,
  channels: i32,
  filterHeight: i32,
  filterWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  top: i32,
  left: i32,
  outHeight: i32,
  outWidth: i32,
  outChannels: i32,
  to: usize,
  chunk: i32,
  matrix: usize,
  scratch: usize,
): void {
  const places = batch * outHeight * outWidth;
  const patch = filterHeight * filterWidth * channels;
  memory.fill(to, 0, (<usize>batch * height * width * channels) << 2);
  for (let from = 0; from < places; from += chunk) {
    const rows = min(chunk, places - from);
    gemm(
      1,
      rows,
      patch,
      outChannels,
      dy + ((<usize>from * outChannels) << 2),
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
    addPatches(
      to,
      height,
      width,
      channels,
      filterHeight,
      filterWidth,
      strideHeight,
      strideWidth,
      top,
      left,
      outHeight,
      outWidth,
      from,
      rows,
      matrix,
    );
  }
}

/**
 * Gradients of a depthwise convolution. Channel c of the input feeds outputs c * multiplier ... and on; the
 * filter is [filterHeight, filterWidth, channels, multiplier].
 *
 * @param forFilter Nonzero: `other` is x and the filter's gradient is added up in `to`. Zero: `other` is the
 *   filter and the input's gradient is added up in `to`. `to` comes cleared.
 */
export function depthwiseGradient(
  forFilter: i32,
  dy: usize,
  other: usize,
  batch: i32,
  height: i32,
  width: i32,
  channels: i32,
  filterHeight: i32,
  filterWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  dilationHeight: i32,
  dilationWidth: i32,
  top: i32,
  left: i32,
  outHeight: i32,
  outWidth: i32,
  multiplier: i32,
  to: usize,
): void {
  const pixel = (<usize>channels) << 2;
  const outPixel = pixel * multiplier;
  for (let b = 0; b < batch; b++) {
    for (let row = 0; row < outHeight; row++) {
      for (let column = 0; column < outWidth; column++, dy += outPixel) {
        const x0 = column * strideWidth - left;
        for (let r = 0; r < filterHeight; r++) {
          const y = row * strideHeight - top + r * dilationHeight;
          if (<u32>y >= <u32>height) continue;
          for (let s = 0; s < filterWidth; s++) {
            const x = x0 + s * dilationWidth;
            if (<u32>x >= <u32>width) continue;
            const at = ((<usize>b * height + y) * width + x) * pixel;
            const tap = <usize>(r * filterWidth + s) * outPixel;
            if (forFilter !== 0) addTap(dy, other + at, channels, multiplier, to + tap);
            else addPixel(dy, other + tap, channels, multiplier, to + at);
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
