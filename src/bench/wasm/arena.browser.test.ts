import { describe, expect, it } from 'vitest';
import { prepared, REFUSED, RIGHT } from '../../fixtures/bench.ts';
import { must } from '../../fixtures/workers.ts';
import { BenchCore } from '../../workers/bench.core.ts';
import { verifyWholeNumbers } from '../pseudo-random.ts';
import { arenaOf, fillSecond, type Arena } from './arena.ts';
import { growTo, PAGE_BYTES } from './instance.ts';
import { wasmIntensitySimd } from './intensity.ts';
import { wasmStream } from './stream.ts';

const MIB = 2 ** 20;

/** Memory up to a size, and how often it was asked for more. */
function stingy(mostBytes: number): { grow: typeof growTo; refused: () => number } {
  let refused = 0;
  return {
    refused: () => refused,
    grow: (memory, bytes) => {
      if (bytes <= mostBytes) return growTo(memory, bytes);
      refused += 1;
      return false;
    },
  };
}

const elementsAt = ({ memory, arrayBytes }: Arena, at: number): Float32Array =>
  new Float32Array(memory.buffer, at, arrayBytes / 4);
const checkSecond = (arena: Arena): object =>
  verifyWholeNumbers('c', elementsAt(arena, arena.c), (_, second) => second);

// One arena a worker: these go through its life, in this order.
describe('the arena', () => {
  it('is an error where not even a mebibyte, or the little that is wanted, is granted', () => {
    for (const wanted of [16 * MIB, 2 ** 16]) {
      const none = stingy(0);
      expect(arenaOf(wanted, none.grow)).toMatchObject(REFUSED);
      expect(none.refused()).toBe(wanted === 2 ** 16 ? 1 : 5);
    }
  });
  it('lays three arrays out side by side, filled, none in the kernels’ page', () => {
    const arena = must(arenaOf(2 * MIB));
    const { memory, a, b, c, arrayBytes } = arena;
    expect(arrayBytes).toBe(2 * MIB);
    const starts = [a, b, c].sort((x, y) => x - y);
    const ends = starts.map((at) => at + arrayBytes);
    [PAGE_BYTES, ...ends].slice(0, 3).forEach((end, i) => expect(starts[i]).toBeGreaterThanOrEqual(end));
    expect(ends[2]).toBeLessThanOrEqual(memory.buffer.byteLength);
    for (const at of starts) expect(at % 16).toBe(0);
    expect(verifyWholeNumbers('b', elementsAt(arena, b), (first) => first)).toEqual(RIGHT);
    expect(elementsAt(arena, a).every((x) => x === -1)).toBe(true);
    expect(checkSecond(arena)).not.toEqual(RIGHT);
    fillSecond(arena);
    expect(checkSecond(arena)).toEqual(RIGHT);
  });
  it('is kept where it suffices, and replaced by a larger one where not', () => {
    const first = must(arenaOf(2 * MIB));
    expect(must(arenaOf(MIB))).toBe(first);
    const second = must(arenaOf(3 * MIB));
    expect(second.arrayBytes).toBe(3 * MIB);
    // Its second array is filled anew.
    fillSecond(second);
    expect(checkSecond(second)).toEqual(RIGHT);
  });
  it('halves what is refused until it is granted, and does not ask for it again', () => {
    const memory = stingy(3 * 5 * MIB);
    const arena = must(arenaOf(16 * MIB, memory.grow));
    expect(arena.arrayBytes).toBe(4 * MIB);
    expect(memory.refused()).toBe(2);
    expect(must(arenaOf(16 * MIB, memory.grow))).toBe(arena);
    expect(memory.refused()).toBe(2);
  });
  it('a kernel says the size it got, and is right with it', async () => {
    for (const kernel of Object.values(wasmStream)) {
      const run = await prepared(kernel, { arrayBytes: 16 * MIB }, null);
      expect(run.params).toEqual({ arrayBytes: 4 * MIB });
      must(await run.runBatch(1));
      expect(await run.verify()).toEqual(RIGHT);
    }
    const run = await prepared(wasmIntensitySimd, { arrayBytes: 16 * MIB, steps: 2 }, null);
    expect(run.params.arrayBytes).toBe(Math.floor((4 * MIB) / 192) * 192);
    must(await run.runBatch(1));
    expect(await run.verify()).toEqual(RIGHT);
  });
  it('the worker tells of it: by facts of the smaller size, and that it is one', async () => {
    const core = new BenchCore();
    const copy = (arrayBytes: number) => core.prepare({ kernel: 'wasm.copy', params: { arrayBytes } }, null);
    expect(await copy(16 * MIB)).toEqual({
      ok: true,
      value: {
        flopPerIteration: 0,
        bytesPerIteration: 8 * MIB,
        workingSetBytes: 8 * MIB,
        shape: '8 MiB of memory',
        isSmaller: true,
      },
    });
    expect(await copy(4 * MIB)).toMatchObject({ value: { isSmaller: false, workingSetBytes: 8 * MIB } });
    const params = { arrayBytes: MIB, steps: 1 };
    const block = await core.prepare({ kernel: 'wasm.intensity.simd', params }, null);
    // Less than a block is left out: that is no smaller size.
    expect(block).toMatchObject({ value: { isSmaller: false } });
  });
});
