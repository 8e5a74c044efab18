/** @file The sizes that are measured, and why these. Bytes, unless said. */
export const KIB = 2 ** 10;
export const MIB = 2 ** 20;

/** Latency is that of the small transfer. */
export const SMALL_BYTES = 4 * KIB;
/** Each array of a memory kernel, together far beyond any last-level cache of a client. */
export const ARRAY_BYTES = 64 * MIB;
/** A software adapter computes each address, so it is slower than any memory: less is enough, and leaves time for samples. */
export const SOFTWARE_ARRAY_BYTES = 8 * MIB;

/** Working sets in powers of two. */
export function workingSets(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.log2(to / from) + 1 }, (_, i) => from * 2 ** i);
}

/** Copies show the plateaus; of reads every second size, of writes and triads every third does. */
export function sparser(operation: string, sets: readonly number[]): readonly number[] {
  const every = operation === 'copy' ? 1 : operation === 'read' ? 2 : 3;
  return sets.filter((_, i) => i % every === 0);
}

/** FMA an element from 1 to 512: 1/4 … 128 FLOP/byte. */
export const INTENSITY_STEPS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512] as const;
/** FLOP/byte of a kernel that reads and writes each f32 once and does `steps` FMA on it. */
export const intensityOf = (steps: number): number => steps / 4;
