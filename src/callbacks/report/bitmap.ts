const HEADERS = 54;

/**
 * An image as a data URL: a Windows bitmap of 24 bits per pixel, which needs no compression.
 *
 * @param values 0 to 255, `[height, width, channels]` in row-major order.
 */
export function bitmap(values: ArrayLike<number>, height: number, width: number, channels: number): string {
  const stride = Math.ceil((3 * width) / 4) * 4;
  const bytes = new Uint8Array(HEADERS + stride * height);
  const view = new DataView(bytes.buffer);
  bytes.set([0x42, 0x4d]); // "BM"
  view.setUint32(2, bytes.length, true);
  view.setUint32(10, HEADERS, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, width, true);
  view.setInt32(22, height, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, 24, true);
  for (let y = 0; y < height; y++) {
    const line = HEADERS + (height - 1 - y) * stride; // from the bottom up
    for (let x = 0; x < width; x++) {
      for (let colour = 0; colour < 3; colour++) {
        const value = values[(y * width + x) * channels + (channels === 1 ? 0 : 2 - colour)]!; // blue comes first
        bytes[line + 3 * x + colour] = Math.max(0, Math.min(255, Math.round(value)));
      }
    }
  }
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return `data:image/bmp;base64,${btoa(text)}`;
}
