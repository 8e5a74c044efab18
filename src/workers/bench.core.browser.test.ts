import { afterEach, describe, expect, it, vi } from 'vitest';
import { LOST, REFUSED, RIGHT, WRONG } from '../fixtures/bench.ts';
import { must } from '../fixtures/workers.ts';
import type { BenchRequest } from './bench.api.ts';
import { BenchCore } from './bench.core.ts';

const FMA: BenchRequest = { kernel: 'wasm.fma.simd', params: { steps: 64 } };
const GPU_FMA: BenchRequest = {
  kernel: 'webgpu.fma.f32',
  params: { chains: 4, lines: 8, workgroupSize: 64, lanes: 256, loops: 2 },
};
const COPY = { passes: 1, workgroupSize: 64, workgroups: 4 };

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the benchmark worker', () => {
  it('says what an iteration costs, and runs and verifies it', async () => {
    const core = new BenchCore();
    expect(await core.prepare(FMA, null)).toEqual({
      ok: true,
      value: {
        flopPerIteration: 64 * 96,
        bytesPerIteration: 384,
        workingSetBytes: 384,
        shape: '12 chains × f32x4, 64 steps',
        isSmaller: false,
      },
    });
    expect(await core.verify()).toMatchObject(WRONG);
    expect(await core.runBatch(3)).toMatchObject({ ok: true, value: { gpuSeconds: null } });
    expect(await core.verify()).toEqual(RIGHT);
  });
  it('refuses everything without a kernel, and after its release', async () => {
    const core = new BenchCore();
    for (const calls of [1, 2]) {
      expect(await core.runBatch(calls)).toMatchObject(REFUSED);
      expect(await core.verify()).toMatchObject(REFUSED);
      expect(await core.keepBusy()).toMatchObject(REFUSED);
      must(await core.prepare(FMA, null));
      must(await core.release());
      must(await core.release());
    }
  });
  it('holds the kernel that was prepared last', async () => {
    const core = new BenchCore();
    must(await core.prepare(FMA, null));
    must(await core.prepare({ kernel: 'wasm.fma.scalar', params: { steps: 1 } }, null));
    must(await core.runBatch(1));
    expect(await core.verify()).toEqual(RIGHT);
    expect(
      await core.prepare({ ...GPU_FMA, params: { ...GPU_FMA.params, workgroupSize: 65_536 } }, null),
    ).toMatchObject(REFUSED);
    // The one before is gone all the same.
    expect(await core.runBatch(1)).toMatchObject(REFUSED);
  });
  it('turns a throw into a value', async () => {
    const core = new BenchCore();
    vi.spyOn(WebAssembly, 'instantiate').mockImplementation(() => {
      throw new Error('surprise');
    });
    expect(await core.prepare(FMA, null)).toMatchObject({
      error: { code: 'worker-failed', detail: 'surprise' },
    });
  });
  it('works until it is told to rest', async () => {
    const core = new BenchCore();
    must(await core.prepare(FMA, null));
    const working = core.keepBusy();
    await new Promise((done) => setTimeout(done, 30));
    must(await core.rest());
    expect(await working).toEqual(RIGHT);
    expect(await core.verify()).toEqual(RIGHT);
    // A release ends it as well.
    const again = core.keepBusy();
    must(await core.release());
    expect(await again).toEqual(RIGHT);
  });
});

describe('the GPU of the benchmark worker', () => {
  it('tells of its loss once, and is opened anew', async () => {
    const core = new BenchCore();
    must(await core.loseGpu());
    must(await core.prepare(GPU_FMA, null));
    must(await core.runBatch(1));
    must(await core.loseGpu());
    expect(await core.runBatch(1)).toMatchObject(LOST);
    must(await core.prepare(GPU_FMA, null));
    must(await core.runBatch(1));
    expect(await core.verify()).toEqual(RIGHT);
    // Lost between two kernels, known or not yet known.
    for (const pause of [0, 200]) {
      must(await core.loseGpu());
      await new Promise((done) => setTimeout(done, pause));
      expect(await core.prepare(GPU_FMA, null)).toMatchObject(LOST);
      must(await core.prepare(GPU_FMA, null));
    }
    must(await core.loseGpu());
  });
  it('says where it grants less memory than asked for', async () => {
    const { createBuffer } = GPUDevice.prototype as {
      createBuffer: (this: GPUDevice, descriptor: GPUBufferDescriptor) => GPUBuffer;
    };
    vi.spyOn(GPUDevice.prototype, 'createBuffer').mockImplementation(function (this: GPUDevice, descriptor) {
      if (descriptor.size > 2 ** 20) throw new RangeError('no memory');
      return createBuffer.call(this, descriptor);
    });
    const core = new BenchCore();
    const facts = async (arrayBytes: number) =>
      must(await core.prepare({ kernel: 'webgpu.copy', params: { ...COPY, arrayBytes } }, null));
    expect(await facts(2 ** 23)).toMatchObject({
      isSmaller: true,
      workingSetBytes: 2 ** 21,
      bytesPerIteration: 2 ** 21,
    });
    expect(await facts(2 ** 20)).toMatchObject({ isSmaller: false, workingSetBytes: 2 ** 21 });
    must(await core.loseGpu());
  });
  it('is an error where there is none', async () => {
    vi.spyOn(navigator.gpu, 'requestAdapter').mockResolvedValue(null);
    expect(await new BenchCore().prepare(GPU_FMA, null)).toMatchObject({
      error: { code: 'webgpu-unavailable', reason: 'null-adapter' },
    });
  });
});
