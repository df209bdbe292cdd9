import { crc32 } from "node:zlib";

/** The most that a stored block can hold (RFC 1951, 3.2.4). */
const BLOCK_BYTES = 0xffff;

/**
 * Wraps bytes as gzip without compressing them (RFC 1952). What zlib makes of the same input differs between its builds;
 * stored blocks and a header without time, name and operating system are the same everywhere.
 */
export function storedGzip(data: Uint8Array): Uint8Array {
  const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
  const parts: Uint8Array[] = [header];
  for (let start = 0; start === 0 || start < data.length; start += BLOCK_BYTES) {
    const block = data.subarray(start, start + BLOCK_BYTES);
    const head = Buffer.alloc(5);
    head.writeUInt8(start + BLOCK_BYTES >= data.length ? 1 : 0, 0);
    head.writeUInt16LE(block.length, 1);
    head.writeUInt16LE(block.length ^ 0xffff, 3);
    parts.push(head, block);
  }
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(data), 0);
  trailer.writeUInt32LE(data.length % 2 ** 32, 4);
  return Buffer.concat([...parts, trailer]);
}
