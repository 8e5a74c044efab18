/**
 * @file Streaming copy with 128-bit loads and stores, four a turn. Traffic: 2 × bytes (read + written; the write
 * allocation of caches that fetch a line before writing it is not counted, as in STREAM).
 */

/** Copies `bytes` (a multiple of 64) from `source` to `target`, which must not overlap. */
export function copy(source: usize, target: usize, bytes: usize): void {
  const end = source + bytes;
  while (source < end) {
    const a = v128.load(source);
    const b = v128.load(source, 16);
    const c = v128.load(source, 32);
    const d = v128.load(source, 48);
    v128.store(target, a);
    v128.store(target, b, 16);
    v128.store(target, c, 32);
    v128.store(target, d, 48);
    source += 64;
    target += 64;
  }
}
