/** @file MNIST's IDX files of unsigned bytes: two zero bytes, the type (8), the rank, a big-endian int32 a dimension, the values. */
import { gunzipSync } from 'node:zlib';

export interface Idx {
  readonly shape: readonly number[];
  readonly values: Uint8Array;
}

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** Gzipped or not. Throws with a reason where it is no such file, or not as long as it says. */
export function parseIdx(file: Uint8Array): Idx {
  const bytes = isGzip(file) ? gunzipSync(file) : file;
  const rank = bytes[3] ?? 0;
  const start = 4 + 4 * rank;
  if (bytes[0] !== 0 || bytes[1] !== 0 || bytes[2] !== 8 || rank === 0 || bytes.length < start)
    throw new Error('it is not an IDX file of unsigned bytes');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const values = bytes.subarray(start);
  const count = shape.reduce((product, size) => product * size, 1);
  if (values.length !== count) throw new Error(`it has ${values.length} values, and says ${count}`);
  return { shape, values };
}
