import { describe, expect, it } from 'vitest';
import type { BenchmarkKernel, PreparedKernel } from '../kernel.ts';
import { wasmCopy } from './copy.ts';
import { verifyWasmFma, wasmFmaRelaxed, wasmFmaSimd } from './fma.ts';
import { growTo, PAGE_BYTES } from './instance.ts';

async function prepared<P>(kernel: BenchmarkKernel<P, null>, params: P): Promise<PreparedKernel<P>> {
  const result = await kernel.prepare(params, null);
  if (!result.ok) throw new Error(result.error.code);
  return result.value;
}

describe.each([wasmFmaSimd, wasmFmaRelaxed])('$id', (kernel) => {
  it('ends every element at its closed form, however many iterations', async () => {
    const run = await prepared(kernel, { steps: 65_536 });
    for (const iterations of [1, 7]) {
      expect(await run.runBatch(iterations)).toMatchObject({ ok: true });
      expect(await run.verify()).toEqual({ ok: true, value: null });
    }
  });
  it('has no result before it ran', async () => {
    const run = await prepared(kernel, { steps: 64 });
    expect(await run.verify()).toMatchObject({ ok: false, error: { code: 'kernel-wrong' } });
  });
  it('counts 96 FLOP a step', () => {
    expect(kernel.flop({ steps: 10 })).toBe(960);
  });
});

describe('verifyWasmFma', () => {
  const results = Float32Array.from({ length: 48 }, (_, i) => i + 64);
  it('catches a corrupted last element', () => {
    expect(verifyWasmFma('k', results, { steps: 64 })).toEqual({ ok: true, value: null });
    const corrupted = results.with(47, 112);
    expect(verifyWasmFma('k', corrupted, { steps: 64 })).toMatchObject({
      ok: false,
      error: { code: 'kernel-wrong', detail: 'element 47 is 112, expected 111' },
    });
  });
});

describe('wasm.copy', () => {
  it('copies every word', async () => {
    const run = await prepared(wasmCopy, { sizeBytes: 2 ** 22 });
    expect(await run.verify()).toMatchObject({ ok: false, error: { code: 'kernel-wrong' } });
    expect(await run.runBatch(2)).toMatchObject({ ok: true });
    expect(await run.verify()).toEqual({ ok: true, value: null });
  });
});

describe('growTo', () => {
  it('grows as far as the engine grants, and says when it does not', () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 2 });
    expect(growTo(memory, 2 * PAGE_BYTES)).toBe(true);
    expect(memory.buffer.byteLength).toBe(2 * PAGE_BYTES);
    expect(growTo(memory, 2 * PAGE_BYTES + 1)).toBe(false);
  });
});
