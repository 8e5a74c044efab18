import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  closeGpus,
  faulty,
  LOST,
  miscompiling,
  openBenchGpu,
  openHandle,
  prepared,
  ranAndVerified,
  REFUSED,
  RIGHT,
  WRONG,
} from '../../fixtures/bench.ts';
import { must } from '../../fixtures/workers.ts';
import type { GpuHandle } from '../../gpu/device.ts';
import { gpuFma } from './arithmetic.ts';
import { BenchGpu } from './bench-gpu.ts';
import { readBack } from './dispatch.ts';
import { gpuOverhead } from './overhead.ts';
import { gpuStream } from './stream.ts';
import { gpuDownload, gpuUpload } from './transfer.ts';

let handle: GpuHandle;
let gpu: BenchGpu;
beforeAll(async () => {
  handle = await openHandle();
  gpu = must(await BenchGpu.of(handle));
});
afterAll(closeGpus);

describe.each(Object.values(gpuOverhead))('$id', (kernel) => {
  it('is next to no work', () => {
    expect([kernel.flop({}), kernel.bytes({}), kernel.workingSet({})]).toEqual([0, 8, 8]);
  });
  it('counts every dispatch of every batch', async () => {
    expect(await ranAndVerified(kernel, {}, gpu, 1, 5)).toEqual(RIGHT);
  });
  it('has no result before it ran', async () => {
    expect(await ranAndVerified(kernel, {}, gpu)).toMatchObject(WRONG);
  });
  it.each([
    ['nothing is counted', 'counter[0] += 1;', ''],
    ['each is counted twice', 'counter[0] += 1;', 'counter[0] += 2;'],
  ])('is found wrong where %s', async (_, piece, other) => {
    const broken = await miscompiling(handle, piece, other);
    expect(await ranAndVerified(kernel, {}, broken, 3)).toMatchObject(WRONG);
  });
});

describe.each([gpuUpload, gpuDownload])('$id', (kernel) => {
  it('counts its bytes once', () => {
    const params = { sizeBytes: 2 ** 20 };
    expect(kernel.flop(params)).toBe(0);
    expect([kernel.bytes(params), kernel.workingSet(params)]).toEqual([2 ** 20, 2 ** 20]);
    expect(kernel.shape(params)).toBe('1 MiB a transfer');
  });
  it.each([4, 4096, 2 ** 20])('moves every word of %i bytes', async (sizeBytes) => {
    const run = await prepared(kernel, { sizeBytes }, gpu);
    expect(await run.verify()).toMatchObject(WRONG);
    must(await run.runBatch(2));
    expect(await run.verify()).toEqual(RIGHT);
    run.release();
  });
  it('moves what is larger than the reader’s staging buffer', async () => {
    expect(await ranAndVerified(kernel, { sizeBytes: 2 ** 24 + 4096 }, gpu, 1)).toEqual(RIGHT);
  });
  it('reports memory that is refused', async () => {
    const buffer = (): void => {
      throw new RangeError('no memory');
    };
    const full = must(await BenchGpu.of(handle));
    const refusing = Object.create(full, { handle: { value: faulty(handle, { buffer }) } }) as BenchGpu;
    expect(await kernel.prepare({ sizeBytes: 4096 }, refusing)).toMatchObject(REFUSED);
  });
});

it('an upload that does not arrive is found wrong', async () => {
  const words: GPUBuffer[] = [];
  const watched = faulty(handle, { made: (buffer) => words.push(buffer) });
  const run = await prepared(gpuUpload, { sizeBytes: 4096 }, must(await BenchGpu.of(watched)));
  must(await run.runBatch(1));
  expect(await run.verify()).toEqual(RIGHT);
  const target = words.find(({ size, usage }) => size === 4096 && (usage & GPUBufferUsage.STORAGE) !== 0);
  if (!target) throw new Error('no target');
  // The last word, wiped.
  handle.device.queue.writeBuffer(target, 4092, new Uint32Array(1));
  expect(await run.verify()).toMatchObject({
    error: { detail: expect.stringMatching(/^element 1023 is 0/) as string },
  });
  run.release();
});

it('a download of something else is found wrong', async () => {
  const buffers: GPUBuffer[] = [];
  const watched = faulty(handle, { made: (buffer) => buffers.push(buffer) });
  const run = await prepared(gpuDownload, { sizeBytes: 4096 }, must(await BenchGpu.of(watched)));
  const source = buffers.find(({ size, usage }) => size === 4096 && (usage & GPUBufferUsage.COPY_SRC) !== 0);
  if (!source) throw new Error('no source');
  handle.device.queue.writeBuffer(source, 4092, new Uint32Array(1));
  must(await run.runBatch(1));
  expect(await run.verify()).toMatchObject({
    error: { detail: expect.stringMatching(/^element 1023 is 0/) as string },
  });
  run.release();
});

describe('reading back', () => {
  it('takes the first bytes only, where that is wanted', async () => {
    const { b } = must(await gpu.arraysOf(2 ** 20));
    const all = must(await readBack(gpu, b));
    const some = must(await readBack(gpu, b, 1024));
    expect([all.byteLength, some.byteLength]).toEqual([b.size, 1024]);
    expect(new Uint32Array(some)).toEqual(new Uint32Array(all, 0, 256));
  });
});

const FMA = { chains: 4, lines: 8, workgroupSize: 64, lanes: 2048, loops: 3 };
const STREAM = { arrayBytes: 2 ** 20, passes: 1, workgroupSize: 64, workgroups: 4 };

describe('a lost device', () => {
  it.each([
    ['a dispatch', (lost: BenchGpu) => prepared(gpuFma, FMA, lost)],
    ['a stream', (lost: BenchGpu) => prepared(gpuStream.copy, STREAM, lost)],
    ['a submission', (lost: BenchGpu) => prepared(gpuOverhead.submit, {}, lost)],
    ['a first use', (lost: BenchGpu) => prepared(gpuOverhead['first-use'], {}, lost)],
    ['an upload', (lost: BenchGpu) => prepared(gpuUpload, { sizeBytes: 4096 }, lost)],
    ['a download', (lost: BenchGpu) => prepared(gpuDownload, { sizeBytes: 4096 }, lost)],
  ] as const)('ends a batch as device-lost instead of hanging: %s', async (_, prepare) => {
    const doomed = await openBenchGpu();
    const run = await prepare(doomed);
    must(await run.runBatch(1));
    doomed.handle.destroy();
    expect(await run.runBatch(1)).toMatchObject(LOST);
    expect(doomed.handle.loss()).toMatchObject({ code: 'device-lost' });
    expect(await gpuFma.prepare(FMA, doomed)).toMatchObject(LOST);
    expect(await BenchGpu.of(doomed.handle)).toMatchObject(LOST);
    run.release();
  });
  it('ends a verification so, too', async () => {
    const doomed = await openBenchGpu();
    const run = await prepared(gpuFma, FMA, doomed);
    must(await run.runBatch(1));
    doomed.handle.destroy();
    expect(await run.verify()).toMatchObject(LOST);
  });
});
