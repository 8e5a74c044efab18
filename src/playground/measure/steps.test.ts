import { describe, expect, it } from 'vitest';
import {
  ABLE,
  deviceOf,
  DEVICES,
  everyStep,
  factsOf,
  NotingWorkers,
  PROFILES,
  VISITING,
} from '../../fixtures/measuring.ts';
import { parseProcessorId, type Metric } from '../../core/profile/profile.ts';
import { ALL_SHAPES } from './gpu-arithmetic.ts';
import { INTENSITY_STEPS, sparser, workingSets } from './sizes.ts';
import type { MeasureStep } from './step.ts';
import { wasmSteps } from './wasm-steps.ts';

const idsOf = (steps: readonly MeasureStep[]): string[] =>
  steps.flatMap(({ parts }) => parts.metrics.map(({ id }) => id));

describe.each(PROFILES)('the steps of a %s profile with %s', (effort, device) => {
  const capabilities = deviceOf(device);
  const steps = everyStep(capabilities, effort);

  it('have ids of their own, as profile.ts writes them', () => {
    const ids = idsOf(steps);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
    for (const id of ids) {
      const [, processor, beside] =
        /^(webgpu|wasm:\d+|worker)\.[a-z0-9.-]+(?:@[\d.]+)?(?:&(.+))?$/.exec(id) ?? [];
      expect(processor, id).toBeDefined();
      if (beside !== undefined) expect(parseProcessorId(beside), id).not.toBeNull();
    }
    expect(ids.length).toBeLessThan(1000);
  });
  it('have a label in plain words, and a metric for every id', () => {
    for (const { parts } of steps) {
      expect(parts.label).toMatch(/^[A-Z]/);
      for (const { id, processor, type, threads } of parts.metrics) {
        expect(id.startsWith(`${processor}.${type}`), id).toBe(true);
        expect(threads, id).toBe(processor.startsWith('wasm:') ? Number(processor.slice(5)) : 1);
      }
    }
  });
  it('say why they cannot be, exactly where they cannot', () => {
    for (const { parts } of steps) {
      const id = parts.metrics[0]?.id ?? '';
      const onGpu = parts.processor === 'webgpu' && parts.beside === undefined;
      const reasons = [
        onGpu && capabilities.webgpu !== 'ok',
        id === 'webgpu.fma.f16' && capabilities.gpu?.features.includes('shader-f16') !== true,
        parts.processor !== 'webgpu' && !id.startsWith('worker.') && !capabilities.simd,
        parts.beside !== undefined && !capabilities.simd,
        id === 'wasm:1.fma.relaxed' && !capabilities.relaxedSimd,
        id.startsWith('worker.hop.shared') && !capabilities.crossOriginIsolated,
      ];
      expect(parts.unsupported !== null, id).toBe(reasons.includes(true));
      if (parts.unsupported !== null) expect(parts.unsupported).toMatch(/^[A-Z].*\.$/);
    }
  });
  it('warn of a GPU in software, and of a clock that is coarse', () => {
    for (const { parts } of steps) {
      const { warnings, processor, beside } = parts;
      const usesGpu = processor === 'webgpu' || beside?.processor === 'webgpu';
      const isSoftware = capabilities.adapter?.isFallbackAdapter === true;
      expect(warnings.includes('fallback-adapter')).toBe(usesGpu && isSoftware);
      const isHop = parts.metrics[0]?.processor === 'worker';
      if (!isHop) expect(warnings.includes('not-isolated')).toBe(!capabilities.crossOriginIsolated);
    }
  });
});

describe('the steps of each effort', () => {
  it('a quick profile has the ceilings, three sizes and the hop', () => {
    const ids = idsOf(everyStep(ABLE, 'quick', [1])).filter((id) => !id.includes('&'));
    expect(ids).toEqual([
      'webgpu.fma.f32',
      'webgpu.fma.f16',
      'webgpu.copy',
      'webgpu.upload.latency',
      'webgpu.upload.bandwidth',
      'webgpu.download.latency',
      'webgpu.download.bandwidth',
      'webgpu.dispatch',
      'webgpu.submit',
      'wasm:1.fma.simd',
      'wasm:1.fma.relaxed',
      'wasm:1.copy',
      'worker.hop.latency',
      'worker.hop.bandwidth',
      'wasm:1.copy@16384',
      'wasm:1.copy@262144',
      'wasm:1.copy@4194304',
    ]);
  });
  it('a full profile has all of a quick one', () => {
    for (const capabilities of Object.values(DEVICES)) {
      const full = new Set(idsOf(everyStep(capabilities, 'full')));
      const quick = idsOf(everyStep(capabilities, 'quick')).filter((id) => !id.includes('@'));
      expect(quick.filter((id) => !full.has(id))).toEqual([]);
    }
  });
  it('each thread count is measured once, one thread always', () => {
    const ids = idsOf(everyStep(ABLE, 'quick', [2, 4]));
    for (const threads of [1, 2, 4]) expect(ids).toContain(`wasm:${threads}.copy`);
    expect(idsOf([...wasmSteps({ ...ABLE, relaxedSimd: false }, [1, 2], 'quick').ceilings])).toContain(
      'wasm:2.fma.simd',
    );
  });
});

describe('what a point says', () => {
  it.each(['everything', 'a GPU in software'])('is what was run, with %s', async (device) => {
    const capabilities = deviceOf(device);
    for (const step of everyStep(capabilities, 'full', [1]).filter(({ parts }) => parts.isPoint === true)) {
      const noting = new NotingWorkers(() => 1e-3);
      await step.visit(noting.workers, VISITING);
      const [request] = noting.requests();
      const [metric] = step.result();
      if (!request || !metric) throw new Error(step.id);
      const { flopPerIteration = 0, bytesPerIteration = 0, workingSetBytes = 0 } = factsOf(request);
      if (metric.type === 'intensity') {
        expect(flopPerIteration / bytesPerIteration, step.id).toBe(metric.operationalIntensity);
        continue;
      }
      const size = Number(step.id.split('@')[1]);
      // Three arrays in whole blocks hold a little less than a power of two.
      expect(workingSetBytes, step.id).toBeLessThanOrEqual(size);
      expect(workingSetBytes, step.id).toBeGreaterThan(0.95 * size);
      expect(metric.sizeBytes, step.id).toBe(metric.kind === 'latency' ? size : workingSetBytes);
    }
  });
  it('a sweep reaches from the nearest cache to half of the ceiling’s arrays, a factor of two or eight apart', () => {
    const sizes = (operation: string): number[] =>
      idsOf(everyStep(ABLE, 'full', [1])).flatMap((id) => {
        const [, size] = new RegExp(`^wasm:1\\.${operation}@(\\d+)$`).exec(id) ?? [];
        return size === undefined ? [] : [Number(size)];
      });
    expect(sizes('copy')).toEqual(Array.from({ length: 14 }, (_, i) => 2 ** (13 + i)));
    expect(sizes('triad')).toEqual(Array.from({ length: 5 }, (_, i) => 2 ** (13 + 3 * i)));
  });
});

describe('what a step makes of its kernels', () => {
  const stepOf = (id: string, capabilities = ABLE): MeasureStep => {
    const found = everyStep(capabilities, 'full').find((step) => step.id === id);
    if (!found) throw new Error(id);
    return found;
  };
  const visited = async (
    id: string,
    noting: NotingWorkers,
    capabilities = ABLE,
  ): Promise<readonly Metric[]> => {
    const step = stepOf(id, capabilities);
    await step.visit(noting.workers, VISITING);
    return step.result();
  };
  it('the arithmetic ceiling keeps the shapes it tried, the fastest first', async () => {
    const noting = new NotingWorkers(({ request }) =>
      request?.kernel === 'webgpu.fma.f32' && request.params.workgroupSize === 128 ? 1e-4 : 1e-3,
    );
    const [metric] = await visited('webgpu.fma.f32', noting);
    expect(metric?.shapes?.length).toBeGreaterThan(8);
    expect(metric?.shapes?.[0]?.shape).toContain('workgroup 128');
    expect(metric?.shape).toContain('workgroup 128');
    const medians = metric?.shapes?.map(({ median }) => median) ?? [];
    expect(medians).toEqual(medians.toSorted((a, b) => b - a));
  });
  it('a dispatch that is over too soon is made 16 times as long, one that is not stays', async () => {
    const lengths = async (seconds: number): Promise<number> => {
      const noting = new NotingWorkers(() => seconds);
      await visited('webgpu.fma.f32', noting);
      const shapes = noting
        .requests()
        .flatMap((request) => (request.kernel === 'webgpu.fma.f32' ? [request.params] : []));
      const last = shapes[shapes.length - 1];
      if (!last) throw new Error('nothing was tried');
      // As fast as each other, the shape with the most work in a dispatch wins.
      const tried = shapes.find(
        (each) => JSON.stringify({ ...each, loops: 0 }) === JSON.stringify({ ...last, loops: 0 }),
      );
      return last.loops / (tried?.loops ?? NaN);
    };
    expect(await lengths(1.9e-3)).toBe(16);
    expect(await lengths(2.1e-3)).toBe(1);
  });
  it('a transfer’s bandwidth is what the large one takes beyond the small one', async () => {
    const noting = new NotingWorkers(({ request }) =>
      request?.kernel === 'webgpu.upload' && request.params.sizeBytes > 4096 ? 3e-3 : 1e-3,
    );
    const [latency, bandwidth] = await visited('webgpu.upload.latency', noting);
    expect(latency).toMatchObject({ id: 'webgpu.upload.latency', median: 1e-3, sizeBytes: 4096 });
    expect(bandwidth).toMatchObject({ id: 'webgpu.upload.bandwidth', sizeBytes: 8 * 2 ** 20 });
    expect(bandwidth?.median).toBeCloseTo((8 * 2 ** 20 - 4096) / 2e-3 / 1e9, 9);
  });
  it('the hop has a latency and the rate of a mebibyte', async () => {
    const [latency, bandwidth] = await visited('worker.hop.latency', new NotingWorkers(() => 1e-4));
    expect(latency).toMatchObject({ median: 1e-4, sizeBytes: 4096 });
    expect(bandwidth).toMatchObject({ id: 'worker.hop.bandwidth', sizeBytes: 2 ** 20 });
  });
  it('at once, each works as hard as it can: the load is the same kind of kernel', async () => {
    for (const [id, load] of [
      ['wasm:1.fma.relaxed&webgpu', 'webgpu.fma.f32'],
      ['wasm:1.copy&webgpu', 'webgpu.copy'],
      ['webgpu.fma.f32&wasm:2', 'wasm.fma.relaxed'],
      ['wasm:2.copy&wasm:1', 'wasm.copy'],
    ] as const) {
      const noting = new NotingWorkers();
      const [metric] = await visited(id, noting);
      expect(metric).toMatchObject({ id, status: 'ok', beside: id.split('&')[1] });
      expect(noting.asked.find(({ call }) => call === 'busy')?.request?.kernel).toBe(load);
    }
    const plain = { ...ABLE, relaxedSimd: false };
    expect(await visited('wasm:1.fma.simd&webgpu', new NotingWorkers(), plain)).toMatchObject([
      { status: 'ok' },
    ]);
  });
});

describe('the sizes', () => {
  it('are powers of two from one to the other', () => {
    expect(workingSets(8, 64)).toEqual([8, 16, 32, 64]);
    expect(workingSets(8, 8)).toEqual([8]);
    expect(INTENSITY_STEPS.map((steps) => Math.log2(steps))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
  it('are all for copies, sparser for the rest', () => {
    const sets = [1, 2, 3, 4, 5, 6, 7];
    expect([sparser('copy', sets), sparser('read', sets)]).toEqual([sets, [1, 3, 5, 7]]);
    expect([sparser('write', sets), sparser('triad', sets)]).toEqual([
      [1, 4, 7],
      [1, 4, 7],
    ]);
  });
  it('all shapes of the arithmetic kernel: at least sixty, each once', () => {
    expect(ALL_SHAPES.length).toBeGreaterThanOrEqual(60);
    expect(new Set(ALL_SHAPES.map((shape) => JSON.stringify(shape))).size).toBe(ALL_SHAPES.length);
  });
});
