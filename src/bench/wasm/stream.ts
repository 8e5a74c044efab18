/**
 * @file Memory bandwidth of one WASM thread: read, write, copy, triad (see assembly/stream.as.ts) over arrays that lie in
 * its caches or go far beyond them. One iteration is one pass. Arrays are smaller where the engine refuses the memory; the
 * size in force is reported.
 */
import { ok, type Result } from '../../core/result.ts';
import { sizeText, timed, wrongElement, type BenchmarkKernel } from '../kernel.ts';
import { verifyWholeNumbers } from '../pseudo-random.ts';
import { STREAM_ARRAYS, type StreamOperation } from '../streams.ts';
import { arenaOf, fillSecond, wipe, type Arena } from './arena.ts';
import source from './assembly/stream.as.ts?raw';
import bytes from './assembly/stream.as.ts?wasm';
import { functionOf, instantiate } from './instance.ts';

export interface WasmStreamParams {
  /** Bytes of one array, a multiple of 64. */
  readonly arrayBytes: number;
}

/** Byte offsets in the first page. */
const SUM = 0;
const PATTERN = 64;
const PATTERN_VALUE = 1234.5;
const SCALE = 3;

/** At fewer passes the first one, which fetches everything, would weigh too much. */
const PASSES_A_PLACE = 32;
const MOST_PLACES = 8;
/** The contents repeat every mebibyte (pseudo-random.ts), so results are the same at each. */
const PLACE_BYTES = 2 ** 20;

/**
 * Offsets in the arrays of the arena that a small array may have. Which pages of memory a cache level can hold at once
 * depends on where they happen to lie: one place would be fast in one run and slow in the next.
 */
function placesOf(arenaBytes: number, arrayBytes: number): readonly number[] {
  const fit = 1 + Math.floor((arenaBytes - arrayBytes) / PLACE_BYTES);
  return Array.from({ length: Math.min(MOST_PLACES, fit) }, (_, i) => i * PLACE_BYTES);
}

/** The integer sums of every fourth element. */
export function checkRead(sums: Int32Array, contents: Int32Array): Result<null> {
  const expected = new Int32Array(4);
  for (let i = 0; i < contents.length; i++) expected[i % 4] = (expected[i % 4] ?? 0) + (contents[i] ?? 0);
  for (let i = 0; i < 4; i++) {
    if (sums[i] !== expected[i]) return wrongElement('wasm.read', i, expected[i] ?? NaN, sums[i]);
  }
  return ok(null);
}

const EXPECTED: Readonly<Record<Exclude<StreamOperation, 'read'>, (b: number, c: number) => number>> = {
  write: () => PATTERN_VALUE,
  copy: (b) => b,
  triad: (b, c) => b + SCALE * c,
};

/** Every element that a write, a copy or a triad leaves behind. */
export const checkWritten = (operation: Exclude<StreamOperation, 'read'>, a: Float32Array): Result<null> =>
  verifyWholeNumbers(`wasm.${operation}`, a, EXPECTED[operation]);

function argumentsOf(
  operation: StreamOperation,
  arena: Arena,
  size: number,
  offset: number,
): readonly number[] {
  const [a, b, c] = [arena.a + offset, arena.b + offset, arena.c + offset];
  switch (operation) {
    case 'read':
      return [b, SUM, size];
    case 'write':
      return [a, PATTERN, size];
    case 'copy':
      return [b, a, size];
    case 'triad':
      return [a, b, c, size];
  }
}

const DESCRIPTIONS: Readonly<Record<StreamOperation, string>> = {
  read: 'read with 128-bit loads on one thread',
  write: 'write with 128-bit stores on one thread',
  copy: 'copy with 128-bit loads and stores on one thread',
  triad: 'a = b + 3·c with 128-bit loads and stores on one thread (STREAM triad)',
};

function kernel(operation: StreamOperation): BenchmarkKernel<WasmStreamParams, null> {
  const workingSet = ({ arrayBytes }: WasmStreamParams): number => STREAM_ARRAYS[operation] * arrayBytes;
  return {
    id: `wasm.${operation}`,
    description: DESCRIPTIONS[operation],
    flop: () => 0,
    bytes: workingSet,
    workingSet,
    shape: (params) => `${sizeText(workingSet(params))} of memory`,
    source: () => source,
    prepare: async (wanted) => {
      const arena = arenaOf(wanted.arrayBytes);
      if (!arena.ok) return arena;
      const { memory, a, b } = arena.value;
      const functions = await instantiate(bytes, memory);
      if (!functions.ok) return functions;
      if (operation === 'triad') fillSecond(arena.value);
      const arrayBytes = Math.min(wanted.arrayBytes, arena.value.arrayBytes);
      if (operation === 'read') new Int32Array(memory.buffer, SUM, 4).fill(0);
      else wipe(arena.value, arrayBytes);
      new Float32Array(memory.buffer, PATTERN, 4).fill(PATTERN_VALUE);
      const run = functionOf(functions.value, operation);
      const places = placesOf(arena.value.arrayBytes, arrayBytes).map((offset) =>
        argumentsOf(operation, arena.value, arrayBytes, offset),
      );
      return ok({
        params: { arrayBytes },
        runBatch: async (iterations) => {
          const seconds = await timed(() => {
            const used = Math.max(1, Math.min(places.length, Math.floor(iterations / PASSES_A_PLACE)));
            for (const [p, args] of places.slice(0, used).entries()) {
              const passes = Math.floor((iterations + p) / used);
              for (let i = 0; i < passes; i++) run(...args);
            }
          });
          return ok({ seconds, gpuSeconds: null });
        },
        verify: () =>
          Promise.resolve(
            operation === 'read'
              ? checkRead(
                  new Int32Array(memory.buffer, SUM, 4),
                  new Int32Array(memory.buffer, b, arrayBytes / 4),
                )
              : checkWritten(operation, new Float32Array(memory.buffer, a, arrayBytes / 4)),
          ),
        release: () => undefined, // The arena stays for the next kernel.
      });
    },
  };
}

export const wasmStream = {
  read: kernel('read'),
  write: kernel('write'),
  copy: kernel('copy'),
  triad: kernel('triad'),
} as const;
