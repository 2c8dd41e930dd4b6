import {Geometry} from './Geometry';

/**
 * Gradient of max pooling: every element of dy goes to the first largest input of its window, even if all
 * of them are negative. `to`, the input's gradient, must have been cleared.
 */
export function maxPoolGradient(x: usize, dy: usize, geometry: Geometry, to: usize): void {
  const height = geometry.height;
  const width = geometry.width;
  const channels = geometry.channels;
  for (let b = 0; b < geometry.batch; b++) {
    for (let row = 0; row < geometry.outHeight; row++) {
      const top = row * geometry.strideHeight - geometry.top;
      const y0 = max(0, top);
      const y1 = min(height, top + geometry.filterHeight);
      for (let column = 0; column < geometry.outWidth; column++) {
        const left = column * geometry.strideWidth - geometry.left;
        const x0 = max(0, left);
        const x1 = min(width, left + geometry.filterWidth);
        let c = 0;
        for (; c + 4 <= channels; c += 4, dy += 16) {
          let best = f32x4.splat(-Infinity);
          let indices = i32x4.splat(-1);
          for (let i = y0; i < y1; i++) {
            for (let j = x0; j < x1; j++) {
              const index = ((b * height + i) * width + j) * channels + c;
              const here = v128.load(x + ((<usize>index) << 2));
              const greater = f32x4.gt(here, best);
              best = v128.bitselect(here, best, greater);
              indices = v128.bitselect(i32x4.splat(index), indices, greater);
            }
          }
          addAt(to, i32x4.extract_lane(indices, 0), load<f32>(dy));
          addAt(to + 4, i32x4.extract_lane(indices, 1), load<f32>(dy, 4));
          addAt(to + 8, i32x4.extract_lane(indices, 2), load<f32>(dy, 8));
          addAt(to + 12, i32x4.extract_lane(indices, 3), load<f32>(dy, 12));
        }
        for (; c < channels; c++, dy += 4) {
          let best: f32 = -Infinity;
          let index = -1;
          for (let i = y0; i < y1; i++) {
            for (let j = x0; j < x1; j++) {
              const here = ((b * height + i) * width + j) * channels + c;
              const value = load<f32>(x + ((<usize>here) << 2));
              if (value > best) {
                best = value;
                index = here;
              }
            }
          }
          addAt(to, index, load<f32>(dy));
        }
      }
    }
  }
}

/** Adds to an element; -1 stands for none. */
function addAt(to: usize, index: i32, gradient: f32): void {
  if (index < 0) return;
  const address = to + ((<usize>index) << 2);
  store<f32>(address, load<f32>(address) + gradient);
}
