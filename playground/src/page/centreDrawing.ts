const SIDE = 28;
/** MNIST's digits are scaled to fit 20 x 20 pixels, and lie with their centre of mass in the middle. */
const INSIDE = 20;

/**
 * A drawing as MNIST has it: scaled into 20 x 20 pixels, its centre of mass in the middle of 28 x 28.
 *
 * @returns 784 bytes, or undefined where nothing is drawn.
 */
export function centreDrawing(drawing: HTMLCanvasElement): Uint8Array | undefined {
  const {width, height} = drawing;
  const {data} = drawing.getContext('2d')!.getImageData(0, 0, width, height);
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (data[4 * (y * width + x)]! < 32) continue;
      [left, right] = [Math.min(left, x), Math.max(right, x)];
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
    }
  }
  if (right < 0) return undefined;
  const [wide, high] = [right - left + 1, bottom - top + 1];
  const scale = INSIDE / Math.max(wide, high);
  const small = document.createElement('canvas');
  small.width = small.height = SIDE;
  const context = small.getContext('2d', {willReadFrequently: true})!;
  context.imageSmoothingQuality = 'high';
  const at = (x: number, y: number) => {
    context.fillStyle = '#000';
    context.fillRect(0, 0, SIDE, SIDE);
    context.drawImage(drawing, left, top, wide, high, x, y, wide * scale, high * scale);
    const image = context.getImageData(0, 0, SIDE, SIDE).data;
    return Uint8Array.from({length: SIDE * SIDE}, (_, i) => image[4 * i]!);
  };
  const corner = {x: (SIDE - wide * scale) / 2, y: (SIDE - high * scale) / 2};
  const first = at(corner.x, corner.y);
  let [mass, sumX, sumY] = [0, 0, 0];
  first.forEach((value, i) => {
    mass += value;
    sumX += value * (i % SIDE);
    sumY += value * Math.floor(i / SIDE);
  });
  if (mass === 0) return undefined;
  const middle = (SIDE - 1) / 2;
  return at(Math.round(corner.x + middle - sumX / mass), Math.round(corner.y + middle - sumY / mass));
}
