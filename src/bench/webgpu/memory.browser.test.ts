import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  closeGpus,
  faulty,
  LOST,
  miscompiling,
  openHandle,
  prepared,
  ranAndVerified,
  REFUSED,
  RIGHT,
  WRONG,
} from '../../fixtures/bench.ts';
import { must } from '../../fixtures/workers.ts';
import type { GpuHandle } from '../../gpu/device.ts';
import { BenchGpu } from './bench-gpu.ts';
import { gpuIntensity } from './intensity.ts';
import { gpuStream, type GpuStreamParams } from './stream.ts';

let handle: GpuHandle;
let gpu: BenchGpu;
beforeAll(async () => {
  handle = await openHandle();
  gpu = must(await BenchGpu.of(handle));
});
afterAll(closeGpus);

/** 8192 words and 256 lanes: each touches 32 words a pass. */
const SMALL: GpuStreamParams = { arrayBytes: 2 ** 17, passes: 3, workgroupSize: 64, workgroups: 4 };
const LAST_WORD = '8191u';
const LAST_LANE = '255u';

const OPERATIONS = [
  { operation: 'read', arrays: 1 },
  { operation: 'write', arrays: 1 },
  { operation: 'copy', arrays: 2 },
  { operation: 'triad', arrays: 3 },
] as const;

describe.each(OPERATIONS)('webgpu.$operation', ({ operation, arrays }) => {
  const kernel = gpuStream[operation];
  it('counts every array in every pass', () => {
    expect(kernel.flop(SMALL)).toBe(0);
    expect(kernel.bytes(SMALL)).toBe(3 * arrays * 2 ** 17);
    expect(kernel.workingSet(SMALL)).toBe(arrays * 2 ** 17);
    expect(kernel.shape(SMALL)).toBe(`${arrays * 128} KiB, 3 passes, 4 workgroups of 64`);
  });
  it.each([
    SMALL,
    { ...SMALL, passes: 1, workgroups: 1 },
    { ...SMALL, passes: 130, workgroupSize: 32, workgroups: 256 },
    { ...SMALL, arrayBytes: 2 ** 20, passes: 2, workgroupSize: 256, workgroups: 2 },
  ])('touches every word in every pass, by a grid of any size: %o', async (params) => {
    expect(await ranAndVerified(kernel, params, gpu, 1, 2)).toEqual(RIGHT);
  });
  it('has no result before it ran, not even that of the run before', async () => {
    expect(await ranAndVerified(kernel, SMALL, gpu, 1)).toEqual(RIGHT);
    expect(await ranAndVerified(kernel, SMALL, gpu)).toMatchObject(WRONG);
  });
});

const next = 'i < words; i += stride';
describe.each([
  ['read', 'the last pass is left out', 'pass_index < passes', 'pass_index + 1u < passes'],
  ['read', 'every pass takes the same words', '(i + pass_index * workgroup_size) &', 'i &'],
  ['read', 'the last word of the grid is left out', next, `i < words - 1u; i += stride`],
  [
    'read',
    'the last lane stores nothing',
    'sums[id.x] = sum;',
    `if (id.x < ${LAST_LANE}) { sums[id.x] = sum; }`,
  ],
  [
    'write',
    'the last word is not written',
    'a[at] = vec4f(f32(at) + scale);',
    `if (at < ${LAST_WORD}) { a[at] = vec4f(f32(at) + scale); }`,
  ],
  ['copy', 'the last word is not written', 'a[at] = b[at];', `if (at < ${LAST_WORD}) { a[at] = b[at]; }`],
  ['copy', 'words are taken from the place beside', 'a[at] = b[at];', 'a[at] = b[at ^ 1u];'],
  ['copy', 'lanes swap two components', 'a[at] = b[at];', 'a[at] = b[at].yxzw;'],
  [
    'triad',
    'one component of the last word is off by one',
    'scale * c[at];',
    `scale * c[at] + vec4f(0, 0, 0, f32(at == ${LAST_WORD}));`,
  ],
  ['triad', 'the scale is another', 'scale = 3.0', 'scale = 2.0'],
] as const)('webgpu.%s', (operation, what, piece, other) => {
  it(`is found wrong where ${what}`, async () => {
    const broken = await miscompiling(handle, piece, other);
    expect(await ranAndVerified(gpuStream[operation], SMALL, broken, 1)).toMatchObject(WRONG);
  });
});

describe('webgpu.intensity', () => {
  const params = { arrayBytes: 2 ** 17, steps: 16, chains: 4, workgroupSize: 64, workgroups: 4 };
  it('counts 2 FLOP a step and element, which arrives and leaves', () => {
    expect(gpuIntensity.flop(params)).toBe((2 ** 17 / 4) * 16 * 2);
    expect(gpuIntensity.bytes(params)).toBe(2 * 2 ** 17);
    expect(gpuIntensity.workingSet(params)).toBe(2 * 2 ** 17);
    expect(gpuIntensity.flop(params) / gpuIntensity.bytes(params)).toBe(16 / 4);
  });
  it.each([params, { ...params, steps: 1 }, { ...params, steps: 256, chains: 2, workgroups: 8 }])(
    'raises every element by the steps: %o',
    async (each) => {
      expect(await ranAndVerified(gpuIntensity, each, gpu, 1, 2)).toEqual(RIGHT);
      expect(await ranAndVerified(gpuIntensity, each, gpu)).toMatchObject(WRONG);
    },
  );
  it.each([
    ['one step of one chain is left out', 'x_3 = fma(x_3, m, c);', ''],
    ['the chains go over the same words', 'b[first + 3u * stride]', 'b[first + 2u * stride]'],
    [
      'the last words are not written',
      'a[first + 3u * stride] = x_3;',
      `if (first + 3u * stride < ${LAST_WORD}) { a[first + 3u * stride] = x_3; }`,
    ],
  ])('is found wrong where %s', async (_, piece, other) => {
    const broken = await miscompiling(handle, piece, other);
    expect(await ranAndVerified(gpuIntensity, params, broken, 1)).toMatchObject(WRONG);
  });
  it('reports what the device refuses', async () => {
    expect(await gpuIntensity.prepare({ ...params, workgroupSize: 65_536 }, gpu)).toMatchObject(REFUSED);
  });
});

const MIB = 2 ** 20;

/** A GPU that grants arrays up to a size, and how often it was asked for more. */
async function stingy(mostBytes: number): Promise<{ gpu: BenchGpu; refused: number[] }> {
  const refused: number[] = [];
  const buffer = ({ size }: GPUBufferDescriptor): void => {
    if (size <= mostBytes) return;
    refused.push(size);
    throw new RangeError('createBuffer failed, size is too large for the implementation');
  };
  return { gpu: must(await BenchGpu.of(faulty(handle, { buffer }))), refused };
}

describe('the arrays', () => {
  it('are those of before where they suffice, and larger ones where not', async () => {
    const fresh = must(await BenchGpu.of(handle));
    const first = must(await fresh.arraysOf(2 * MIB));
    expect([first.a.size, first.b.size, first.c.size]).toEqual([2 * MIB, 2 * MIB, 2 * MIB]);
    expect(must(await fresh.arraysOf(MIB))).toBe(first);
    expect(must(await fresh.arraysOf(2 * MIB))).toBe(first);
    expect(must(await fresh.arraysOf(4 * MIB)).a.size).toBe(4 * MIB);
  });
  it('are a mebibyte at least, of which a kernel uses what it needs', async () => {
    const fresh = must(await BenchGpu.of(handle));
    expect(must(await fresh.arraysOf(2 ** 16)).a.size).toBe(MIB);
    expect((await prepared(gpuStream.copy, SMALL, fresh)).params).toEqual(SMALL);
  });
  it('halve until they are granted, and are not asked for again', async () => {
    const { gpu: small, refused } = await stingy(3 * MIB);
    expect(must(await small.arraysOf(16 * MIB)).a.size).toBe(2 * MIB);
    expect(refused).toEqual([16 * MIB, 8 * MIB, 4 * MIB]);
    expect(must(await small.arraysOf(16 * MIB)).a.size).toBe(2 * MIB);
    expect(refused).toHaveLength(3);
  });
  it('a kernel says the size it got, and is right with it', async () => {
    const { gpu: small } = await stingy(MIB);
    const wanted: GpuStreamParams = { ...SMALL, arrayBytes: 4 * MIB };
    for (const { operation } of OPERATIONS) {
      const run = await prepared(gpuStream[operation], wanted, small);
      expect(run.params).toEqual({ ...wanted, arrayBytes: MIB });
      must(await run.runBatch(1));
      expect(await run.verify()).toEqual(RIGHT);
      run.release();
    }
    const intensity = { arrayBytes: 4 * MIB, steps: 1, chains: 4, workgroupSize: 64, workgroups: 4 };
    expect((await prepared(gpuIntensity, intensity, small)).params.arrayBytes).toBe(MIB);
  });
  it('that are refused by halves give back what was granted', async () => {
    const made: number[] = [];
    // Memory for three of 2 MiB, or one of 4 MiB and a bit.
    const buffer = ({ size }: GPUBufferDescriptor): void => {
      made.push(size);
      if (size === 4 * MIB && made.filter((each) => each === size).length > 1)
        throw new RangeError('no memory');
    };
    const partial = must(await BenchGpu.of(faulty(handle, { buffer })));
    expect(must(await partial.arraysOf(4 * MIB)).a.size).toBe(2 * MIB);
    expect(made.filter((size) => size >= MIB)).toEqual([4 * MIB, 4 * MIB, 2 * MIB, 2 * MIB, 2 * MIB]);
  });
  it('are an error where not even a mebibyte is granted', async () => {
    const { gpu: none } = await stingy(MIB / 2);
    expect(await none.arraysOf(4 * MIB)).toMatchObject(REFUSED);
    expect(await gpuStream.copy.prepare({ ...SMALL, arrayBytes: 4 * MIB }, none)).toMatchObject(REFUSED);
  });
  it('stay below the limits of the device', async () => {
    const limits = new Proxy(handle.device.limits, {
      get: (real, key) =>
        key === 'maxStorageBufferBindingSize' ? 3 * MIB : (Reflect.get(real, key, real) as unknown),
    });
    const device = new Proxy(handle.device, {
      get: (real, key) => {
        if (key === 'limits') return limits;
        const value: unknown = Reflect.get(real, key, real);
        return typeof value === 'function' ? (value.bind(real) as unknown) : value;
      },
    });
    const limited = must(await BenchGpu.of({ ...handle, device }));
    expect(must(await limited.arraysOf(64 * MIB)).a.size).toBe(2 * MIB);
  });
  it('are not looked for on a device that is gone', async () => {
    const doomed = await openHandle();
    const gone = must(await BenchGpu.of(doomed));
    doomed.destroy();
    await doomed.device.lost;
    expect(await gone.arraysOf(4 * MIB)).toMatchObject(LOST);
  });
});
