import type {backend_util} from '@tensorflow/tfjs-core';
import {type WasmBackend, withScratch} from './heap.js';

/**
 * Calls `use` with the address of a convolution's or pooling's sizes, in the order of `assembly/Geometry.ts`.
 *
 * @param info As tfjs-core's `computeConv2DInfo` and `computePool2DInfo` return it.
 */
export function withGeometry<T>(
  backend: WasmBackend,
  info: backend_util.Conv2DInfo,
  use: (address: number) => T,
): T {
  const sizes = [
    info.batchSize,
    info.inHeight,
    info.inWidth,
    info.inChannels,
    info.filterHeight,
    info.filterWidth,
    info.strideHeight,
    info.strideWidth,
    info.dilationHeight,
    info.dilationWidth,
    info.padInfo.top,
    info.padInfo.left,
    info.outHeight,
    info.outWidth,
    info.outChannels,
  ];
  return withScratch(backend, sizes.length, (address) => {
    new Int32Array(backend.wasm.HEAPU8.buffer, address, sizes.length).set(sizes);
    return use(address);
  });
}
