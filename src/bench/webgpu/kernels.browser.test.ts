import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGpu, type GpuHandle } from '../../gpu/device.ts';
import type { BenchmarkKernel, PreparedKernel } from '../kernel.ts';
import { gpuCopy } from './copy.ts';
import { gpuFma, verifyGpuFma, type GpuFmaParams } from './fma.ts';
import { gpuDownload, gpuUpload } from './transfer.ts';

let gpu: GpuHandle;

async function open(): Promise<GpuHandle> {
  const opened = await openGpu();
  if (!opened.ok) throw new Error(`the tests need WebGPU (SwiftShader will do): ${opened.error.code}`);
  return opened.value;
}

async function prepared<P>(kernel: BenchmarkKernel<P, GpuHandle>, params: P): Promise<PreparedKernel<P>> {
  const result = await kernel.prepare(params, gpu);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

beforeAll(async () => {
  gpu = await open();
});
afterAll(() => {
  gpu.destroy();
});

const SMALL: GpuFmaParams = { chains: 4, workgroupSize: 64, lanes: 2048, loops: 3 };

describe('webgpu.fma.f32', () => {
  it.each([
    SMALL,
    { ...SMALL, workgroupSize: 256 },
    { ...SMALL, chains: 8, workgroupSize: 128, loops: 5 },
  ] as const)('ends every element at its closed form: %o', async (params) => {
    const run = await prepared(gpuFma, params);
    expect(await run.runBatch(2)).toMatchObject({ ok: true });
    expect(await run.verify()).toEqual({ ok: true, value: null });
    run.release();
  });
  it('has no result before it ran', async () => {
    const run = await prepared(gpuFma, SMALL);
    expect(await run.verify()).toMatchObject({ ok: false, error: { code: 'kernel-wrong' } });
    run.release();
  });
  it('catches a corrupted last element', () => {
    const params: GpuFmaParams = { chains: 4, workgroupSize: 1, lanes: 2, loops: 1 };
    const results = Float32Array.from({ length: 32 }, (_, i) => i / 4 + 32);
    expect(verifyGpuFma(results, params)).toEqual({ ok: true, value: null });
    expect(verifyGpuFma(results.with(31, 0), params)).toMatchObject({
      ok: false,
      error: { code: 'kernel-wrong', detail: 'element 31 is 0, expected 39.75' },
    });
  });
  it('counts the same FLOP in both shaders for the same lanes and loops', () => {
    expect(gpuFma.flop(SMALL)).toBe(2048 * 3 * 32 * 4 * 4 * 2);
    expect(gpuFma.flop({ ...SMALL, chains: 8 })).toBe(gpuFma.flop(SMALL));
  });
  it('reports what the device refuses', async () => {
    const refused = await gpuFma.prepare({ ...SMALL, workgroupSize: 65_536 }, gpu);
    expect(refused).toMatchObject({ ok: false, error: { code: 'worker-failed' } });
  });
});

describe('webgpu.copy', () => {
  it('copies every word, also when the grid is smaller than the buffer', async () => {
    const run = await prepared(gpuCopy, { sizeBytes: 2 ** 22, workgroupSize: 64, workgroups: 5 });
    expect(await run.verify()).toMatchObject({ ok: false, error: { code: 'kernel-wrong' } });
    expect(await run.runBatch(1)).toMatchObject({ ok: true });
    expect(await run.verify()).toEqual({ ok: true, value: null });
    run.release();
  });
});

describe.each([gpuUpload, gpuDownload])('$id', (kernel) => {
  it.each([4096, 2 ** 20])('moves every word of %i bytes', async (sizeBytes) => {
    const run = await prepared(kernel, { sizeBytes });
    expect(await run.verify()).toMatchObject({ ok: false, error: { code: 'kernel-wrong' } });
    expect(await run.runBatch(2)).toMatchObject({ ok: true });
    expect(await run.verify()).toEqual({ ok: true, value: null });
    run.release();
  });
});

describe('a lost device', () => {
  it('ends a batch as device-lost instead of hanging', async () => {
    const doomed = await open();
    const run = await gpuFma.prepare(SMALL, doomed);
    if (!run.ok) throw new Error(run.error.code);
    doomed.destroy();
    expect(await run.value.runBatch(1)).toMatchObject({ ok: false, error: { code: 'device-lost' } });
    expect(doomed.loss()).toMatchObject({ code: 'device-lost' });
  });
});
