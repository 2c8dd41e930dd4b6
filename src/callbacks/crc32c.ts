/** Remainders of every byte under the reflected Castagnoli polynomial. */
const TABLE = Uint32Array.from({length: 256}, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0x82f63b78 : 0);
  return remainder;
});

/**
 * CRC32C (Castagnoli) of bytes, as an unsigned 32-bit integer.
 *
 * @see RFC 3720, appendix B.4.
 */
export function crc32c(bytes: Uint8Array): number {
  let remainder = 0xffffffff;
  for (const byte of bytes) remainder = (remainder >>> 8) ^ TABLE[(remainder ^ byte) & 255]!;
  return (remainder ^ 0xffffffff) >>> 0;
}
