/**
 * Gradient of max pooling: every element of dy goes to the first greatest input under its window, which
 * may be negative throughout. `to` is the input's gradient and comes cleared.
 */
export function maxPoolGradient(
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
  to: usize,
): void {
  for (let b = 0; b < batch; b++) {
    for (let row = 0; row < outHeight; row++) {
      const y0 = max(0, row * strideHeight - top);
      const y1 = min(height, row * strideHeight - top + filterHeight);
      for (let column = 0; column < outWidth; column++) {
        const x0 = max(0, column * strideWidth - left);
        const x1 = min(width, column * strideWidth - left + filterWidth);
        let c = 0;
        for (; c + 4 <= channels; c += 4, dy += 16) {
          let best = f32x4.splat(-Infinity);
          let places = i32x4.splat(-1);
          for (let i = y0; i < y1; i++) {
            for (let j = x0; j < x1; j++) {
              const place = ((b * height + i) * width + j) * channels + c;
              const here = v128.load(x + ((<usize>place) << 2));
              const greater = f32x4.gt(here, best);
              best = v128.bitselect(here, best, greater);
              places = v128.bitselect(i32x4.splat(place), places, greater);
            }
          }
          give(to, i32x4.extract_lane(places, 0), load<f32>(dy));
          give(to + 4, i32x4.extract_lane(places, 1), load<f32>(dy, 4));
          give(to + 8, i32x4.extract_lane(places, 2), load<f32>(dy, 8));
          give(to + 12, i32x4.extract_lane(places, 3), load<f32>(dy, 12));
        }
        for (; c < channels; c++, dy += 4) {
          let best: f32 = -Infinity;
          let place = -1;
          for (let i = y0; i < y1; i++) {
            for (let j = x0; j < x1; j++) {
              const here = ((b * height + i) * width + j) * channels + c;
              const value = load<f32>(x + ((<usize>here) << 2));
              if (value > best) {
                best = value;
                place = here;
              }
            }
          }
          give(to, place, load<f32>(dy));
        }
      }
    }
  }
}

function give(to: usize, place: i32, gradient: f32): void {
  if (place < 0) return;
  const at = to + ((<usize>place) << 2);
  store<f32>(at, load<f32>(at) + gradient);
}
