declare module 'crc-32/crc32c.js' {
  const crc32c: {
    /** CRC32C (Castagnoli) of the bytes, as a signed 32-bit integer. */
    buf(bytes: ArrayLike<number>, seed?: number): number;
  };
  export default crc32c;
}
