import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  closeGpus,
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
import { gpuDot, gpuFma, gpuHalf, type ArithmeticParams } from './arithmetic.ts';
import { BenchGpu } from './bench-gpu.ts';
import { gpuMatmul } from './matmul.ts';
import { gpuWorkgroup } from './workgroup.ts';

let handle: GpuHandle;
let gpu: BenchGpu;
beforeAll(async () => {
  handle = await openHandle();
  gpu = must(await BenchGpu.of(handle));
});
afterAll(closeGpus);

/** SwiftShader has no 16-bit floats; checks.test.ts proves what is checked on made data. */
const adapter = await navigator.gpu.requestAdapter();
const hasHalf = adapter?.features.has('shader-f16') === true;
const hasDot = navigator.gpu.wgslLanguageFeatures.has('packed_4x8_integer_dot_product');

const SMALL: ArithmeticParams = { chains: 4, lines: 8, workgroupSize: 64, lanes: 2048, loops: 3 };
const LAST_LANE = `id.x == ${SMALL.lanes - 1}u`;

const KERNELS = [
  { kernel: gpuFma, isThere: true, chainBytes: 16, step: 'x_3 = fma(x_3, m, c);', type: 'vec4f' },
  { kernel: gpuHalf, isThere: hasHalf, chainBytes: 8, step: 'x_3 = fma(x_3, m, c);', type: 'vec4<f16>' },
  {
    kernel: gpuDot,
    isThere: hasDot,
    chainBytes: 4,
    step: 'x_3 = dot4I8Packed(bitcast<u32>(x_3), m) + c;',
    type: 'i32',
  },
] as const;

describe.each(KERNELS)('$kernel.id', ({ kernel, isThere, chainBytes, step, type }) => {
  it('counts 8 operations a step of a chain, and what it stores', () => {
    expect(kernel.flop(SMALL)).toBe(2048 * 4 * (3 * 8) * 8);
    expect(kernel.bytes(SMALL)).toBe(2048 * 4 * chainBytes);
    expect(kernel.workingSet(SMALL)).toBe(kernel.bytes(SMALL));
    expect(kernel.shape(SMALL)).toBe('4 chains × 8, workgroup 64, 2048 lanes × 3 loops');
  });

  describe.skipIf(!isThere)('where the device has it', () => {
    it.each([
      SMALL,
      { ...SMALL, chains: 1, lines: 64, loops: 1 },
      { ...SMALL, chains: 8, workgroupSize: 256, loops: 5 },
      { ...SMALL, chains: 2, lines: 16, workgroupSize: 32, lanes: 32 },
    ])('ends every element at its closed form, however many dispatches: %o', async (params) => {
      expect(await ranAndVerified(kernel, params, gpu, 1, 3)).toEqual(RIGHT);
    });
    it('has no result before it ran', async () => {
      expect(await ranAndVerified(kernel, SMALL, gpu)).toMatchObject(WRONG);
    });
    it.each([
      ['one step of one chain is left out', step, ''],
      ['one step is done twice', step, `${step} ${step}`],
      ['one chain is stored for another', 'results[first + 3u] = x_3;', 'results[first + 3u] = x_2;'],
      ['a turn of the loop is left out', 'turn < loops', 'turn + 1u < loops'],
      [
        'the last lane is off by one in one chain',
        'results[first + 3u] = x_3;',
        `results[first + 3u] = select(x_3, x_3 + ${type}(1), ${LAST_LANE});`,
      ],
      ['the last lane stores nothing', 'let first =', `if (${LAST_LANE}) { return; }\n  let first =`],
    ])('is found wrong where %s', async (_, piece, other) => {
      const broken = await miscompiling(handle, piece, other);
      expect(await ranAndVerified(kernel, SMALL, broken, 1)).toMatchObject(WRONG);
    });
    it('reports what the device refuses', async () => {
      expect(await kernel.prepare({ ...SMALL, workgroupSize: 65_536 }, gpu)).toMatchObject(REFUSED);
      const broken = await miscompiling(handle, step, 'this is no WGSL');
      expect(await kernel.prepare(SMALL, broken)).toMatchObject(REFUSED);
      // And goes on with what it can do.
      expect(await ranAndVerified(kernel, SMALL, gpu, 1)).toEqual(RIGHT);
    });
  });
});

describe('webgpu.matmul', () => {
  it('counts 2n³ FLOP and each matrix once', () => {
    expect(gpuMatmul.flop({ n: 64 })).toBe(2 * 64 ** 3);
    expect(gpuMatmul.bytes({ n: 64 })).toBe(3 * 4 * 64 ** 2);
  });
  it.each([32, 160])('multiplies every element, n = %i', async (n) => {
    expect(await ranAndVerified(gpuMatmul, { n }, gpu, 1, 2)).toEqual(RIGHT);
  });
  it('has no result before it ran', async () => {
    expect(await ranAndVerified(gpuMatmul, { n: 32 }, gpu)).toMatchObject(WRONG);
  });
  it.each([
    ['the last step of every sum is left out', 'i < tile', 'i + 1u < tile'],
    ['one row of each block is not stored', 'c[(row + lane.y * 4 + 3u) *', 'c[(row + lane.y * 4 + 2u) *'],
    [
      'one component of the last lane is off by one',
      '* quads + column + lane.x] = sum_3;',
      '* quads + column + lane.x] = sum_3 + vec4f(0, 0, 0, f32(all(lane.xy == vec2u(7)) && all(group.xy == vec2u(1))));',
    ],
  ])('is found wrong where %s', async (_, piece, other) => {
    const broken = await miscompiling(handle, piece, other);
    expect(await ranAndVerified(gpuMatmul, { n: 64 }, broken, 1)).toMatchObject(WRONG);
  });
});

describe('webgpu.workgroup', () => {
  const params = { workgroupSize: 64, lanes: 256, lines: 8, loops: 20 };
  it('counts the bytes that the lanes read of the tile', () => {
    expect(gpuWorkgroup.flop(params)).toBe(0);
    expect(gpuWorkgroup.bytes(params)).toBe(256 * 20 * 8 * 16);
    expect(gpuWorkgroup.workingSet(params)).toBe(4096);
  });
  it.each([params, { ...params, workgroupSize: 256, lines: 4, loops: 1 }])(
    'adds up what each lane goes over: %o',
    async (each) => {
      expect(await ranAndVerified(gpuWorkgroup, each, gpu, 1, 2)).toEqual(RIGHT);
    },
  );
  it('has no result before it ran', async () => {
    expect(await ranAndVerified(gpuWorkgroup, params, gpu)).toMatchObject(WRONG);
  });
  it.each([
    ['one read is left out', '  sum += tile[(first + 7u) % words];', ''],
    ['half of the tile is not filled', 'i < words', 'i < words / 2u'],
    ['the last lane stores nothing', 'results[id.x] = sum;', 'if (id.x != 255u) { results[id.x] = sum; }'],
  ])('is found wrong where %s', async (_, piece, other) => {
    const broken = await miscompiling(handle, piece, other);
    expect(await ranAndVerified(gpuWorkgroup, params, broken, 1)).toMatchObject(WRONG);
  });
  it('reports what the device refuses', async () => {
    expect(await gpuWorkgroup.prepare({ ...params, workgroupSize: 65_536 }, gpu)).toMatchObject(REFUSED);
  });
});

describe('a pipeline', () => {
  it('is compiled once for the same shader and constants', async () => {
    const compiled = gpu.pipelineOf(gpuFma.source(SMALL), 'main', { workgroup_size: 64, loops: 3 });
    const again = gpu.pipelineOf(gpuFma.source(SMALL), 'main', { workgroup_size: 64, loops: 3 });
    const other = gpu.pipelineOf(gpuFma.source(SMALL), 'main', { workgroup_size: 64, loops: 4 });
    expect(await again).toBe(await compiled);
    expect(await other).not.toBe(await compiled);
  });
  it('that was refused is tried again', async () => {
    const refused = { workgroup_size: 65_536, loops: 1 };
    const first = gpu.pipelineOf(gpuFma.source(SMALL), 'main', refused);
    await expect(first).rejects.toThrow();
    expect(gpu.pipelineOf(gpuFma.source(SMALL), 'main', refused)).not.toBe(first);
    await expect(gpu.pipelineOf(gpuFma.source(SMALL), 'main', refused)).rejects.toThrow();
  });
});

it('each batch says how long it took', async () => {
  const run = await prepared(gpuFma, SMALL, gpu);
  const { seconds, gpuSeconds } = must(await run.runBatch(2));
  run.release();
  expect(seconds).toBeGreaterThan(0);
  if (gpuSeconds !== null) expect(gpuSeconds).toBeGreaterThan(0);
});
