import {useEffect, useRef} from 'preact/hooks';

/** Bytes as a grey image, one canvas pixel each; bright ink on dark, as in MNIST. */
export function PixelImage({
  pixels,
  width = 28,
  label,
  class: name = '',
}: {
  pixels: Uint8Array;
  width?: number;
  label: string;
  class?: string;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const height = Math.ceil(pixels.length / width);
  useEffect(() => {
    const context = canvas.current!.getContext('2d')!;
    const image = context.createImageData(width, height);
    for (const [i, value] of pixels.entries()) image.data.set([value, value, value, 255], 4 * i);
    context.putImageData(image, 0, 0);
  }, [pixels, width, height]);
  return (
    <canvas
      ref={canvas}
      class={`pixels ${name}`}
      width={width}
      height={height}
      role="img"
      aria-label={label}
    />
  );
}
