/** @file The commands that ask the page: what they ask, and how they tell its answer. */
import { describe, expect, it } from 'vitest';
import { DEVICE, metricOf } from '../../src/fixtures/profile.ts';
import { corruptModelBytes } from '../../src/fixtures/models.ts';
import type { DeviceProfile } from '../../src/core/profile/profile.ts';
import { missing } from '../../src/core/roofline/metric.ts';
import { err, ok } from '../../src/core/result.ts';
import type { ClassifyReport } from '../../src/playground/console-api.ts';
import type { PlanReport } from '../../src/playground/plan-report.ts';
import { folder, run } from '../testing/run.ts';

describe('roofline', () => {
  const gpu = { vendor: 'google', architecture: 'swiftshader', isFallbackAdapter: true };
  const absent = {
    id: 'wasm:2.copy',
    processor: 'wasm:2',
    kind: 'bandwidth',
    type: 'copy',
    threads: 2,
  } as const;
  const profile: DeviceProfile = {
    ...DEVICE,
    environment: { ...DEVICE.environment, adapter: gpu },
    metrics: [
      { ...metricOf('wasm:1.fma.relaxed', 57.13), mad: 0.2, n: 7, warnings: ['thermal'] },
      metricOf('wasm:1.copy', 5),
      { ...metricOf('worker.hop.latency', 7.4e-5), mad: 4e-6 },
      missing(absent, 'unsupported', 'no threads here'),
    ],
  };
  it('shows median ± MAD, unit, n, clock and warnings, and why a figure is missing', async () => {
    const { out } = await run(['roofline'], { answer: ok(profile) });
    expect(out).toMatch(/wasm:1\.fma\.relaxed +57\.1 ± 0\.20 GFLOP\/s +n 7 +performance\.now slope +thermal/);
    expect(out).toMatch(/worker\.hop\.latency +74\.0 ± 4\.00 µs/);
    expect(out).toMatch(/wasm:2\.copy +unsupported: no threads here/);
    expect(out).toContain('wasm:1: ridge point 11.4 FLOP/byte');
  });
  it('calls a software adapter one', async () => {
    expect((await run(['roofline'], { answer: ok(profile) })).out).toContain(
      'swiftshader: a software adapter',
    );
  });
});

describe('plan', () => {
  const performance = (throughputFps: number, latencyMs: number, n: number) => ({
    throughputFps,
    latencyMs,
    n,
  });
  const stage = (processorIndex: number, fromUnit: number, toUnit: number) =>
    ({ processor: 'wasm:1', processorIndex, fromUnit, toUnit }) as const;
  const chosen = {
    kind: 'pipeline',
    stages: [stage(0, 0, 3), stage(1, 4, 6)],
    predicted: performance(38, 52, 0),
    measured: performance(36, 55, 40),
    equality: { maxAbsDifference: 0, maxRelDifference: 0, inOrder: true, frames: 6 },
  } as const;
  const single = {
    kind: 'single',
    stages: [stage(0, 0, 6)],
    predicted: performance(20, 50, 0),
    measured: performance(20, 50, 30),
    equality: null,
  } as const;
  const report: PlanReport = {
    model: 'rep-digits',
    objective: 'fastest',
    processors: ['wasm:1', 'wasm:1'],
    engines: [
      {
        processor: 'wasm:1',
        engine: 'fused',
        obstacle: null,
        seconds: { fused: 0.0016, ort: 0.004 },
        n: 30,
      },
    ],
    singles: [{ processor: 'wasm:1', predicted: performance(20, 50, 0), measured: performance(10, 100, 8) }],
    plans: [chosen, single],
    chosen,
    paper: single,
    considered: 13,
    bound: { speedup: 2, lpThroughputFps: 40, dealtSpeedup: 2 },
    costModels: [
      { id: 'roofline', mape: 0.5, spearman: 0.9, wholeError: 0.5, statedError: null, regret: 0.1 },
    ],
    units: [],
    layers: [],
  };
  it('asks the page for what was asked of it', async () => {
    const here = await folder();
    const profile = await here.write('profile.json', JSON.stringify(DEVICE));
    const argv = [
      'plan',
      '--processors',
      'wasm:1, webgpu',
      '--objective',
      'snappiest',
      '--profile',
      profile,
      '--predict-only',
    ];
    const ran = await run(argv, { answer: ok(report) });
    expect(ran.code).toBe(0);
    expect(ran.requests).toHaveLength(1);
    expect(ran.requests[0]).toMatchObject({ verb: 'plan', webgpu: true });
    expect(ran.requests[0]?.argument).toEqual({
      model: 'efficientnet-lite0',
      processors: ['wasm:1', 'webgpu'],
      objective: 'snappiest',
      profile: JSON.stringify(DEVICE),
      predictOnly: true,
      all: false,
    });
  });
  it('gives the browser no adapter where no plan may use one', async () => {
    const ran = await run(['plan', '--processors', 'wasm:1,wasm:1'], { answer: ok(report) });
    expect(ran.requests[0]?.webgpu).toBe(false);
  });
  it('shows predicted beside measured, and the gain over the single processor of the same race', async () => {
    const { out } = await run(['plan'], { answer: ok(report) });
    expect(out).toMatch(/wasm:1\[0–3\] → wasm:1\[4–6\] +38\.0 +52\.0 +36\.0 +55\.0 +40$/m);
    expect(out).toContain('1.80 × the best single processor (measured)');
    expect(out).toContain('6 frames, in order');
    expect(out).toContain('By these costs no plan can exceed 2.00 ×');
  });
  it('asks for an engine, and says which one runs where, by what figures or why', async () => {
    const { out, requests } = await run(['plan', '--engine', 'fused'], { answer: ok(report) });
    expect(requests[0]?.argument).toMatchObject({ engine: 'fused' });
    expect(out).toContain(
      'Engine of wasm:1: Ridgepoint: 1.60 ms, 2.50 × as fast as onnxruntime-web (n = 30).',
    );
    const half = { ...report.engines[0], processor: 'webgpu', precision: 'fp16' };
    expect((await run(['plan'], { answer: ok({ ...report, engines: [half] }) })).out).toContain(
      'Engine of webgpu: Ridgepoint in fp16: 1.60 ms',
    );
    const kept = {
      processor: 'wasm:1',
      engine: 'ort',
      obstacle: 'operator Erf',
      seconds: { fused: null, ort: 0.004 },
      n: 6,
    } as const;
    expect((await run(['plan'], { answer: ok({ ...report, engines: [kept] }) })).out).toContain(
      'Engine of wasm:1: onnxruntime-web: 4.00 ms (n = 6); not on Ridgepoint: operator Erf.',
    );
  });
  it('says so when one processor alone is best', async () => {
    const { out } = await run(['plan'], { answer: ok({ ...report, chosen: single }) });
    expect(out).toContain('one processor alone');
    expect(out).not.toContain('(measured)');
  });
  it('refuses a profile that lacks a processor, before and after the page looks', async () => {
    const here = await folder();
    const profile = await here.write('profile.json', JSON.stringify(DEVICE));
    const before = await run(['plan', '--processors', 'wasm:3', '--profile', profile, '--json', '-']);
    expect(before).toMatchObject({ code: 1, requests: [] });
    expect(JSON.parse(before.out)).toMatchObject({ error: { code: 'profile-missing' } });
    expect(before.err).toContain('wasm:3');
    const answer = err({
      code: 'profile-missing',
      message: 'This device has not been measured yet.',
    } as const);
    const after = await run(['plan', '--profile', profile], { answer });
    expect(after.code).toBe(1);
    expect(after.err).toContain('lacks a processor of this device');
  });
});

describe('classify', () => {
  const result = (image: string) => ({
    image,
    top: [{ index: 967, label: 'espresso', probability: 0.942 }],
    latencyMs: 61.5,
  });
  const report = (images: readonly string[]): ClassifyReport => ({
    model: 'efficientnet-lite0',
    plan: { kind: 'single', stages: [{ processor: 'wasm:1', processorIndex: 0, fromUnit: 0, toUnit: 33 }] },
    engine: 'ort',
    results: images.map(result),
  });
  it('serves the pictures to the page, named as they were given, two of one name apart', async () => {
    const here = await folder();
    const files = [await here.write('ein bild.png', 'a'), await here.write('b.jpg', 'b')] as const;
    const images = [files[0], files[1], files[1]];
    const ran = await run(['classify', '--image', files[0], '--image', files[1], files[1]], {
      answer: ok(report(images)),
    });
    expect(ran.code).toBe(0);
    const [request] = ran.requests;
    expect(request?.argument).toMatchObject({
      images: [
        { name: files[0], url: './cli/0/ein_bild.png' },
        { name: files[1], url: './cli/1/b.jpg' },
        { name: files[1], url: './cli/2/b.jpg' },
      ],
    });
    expect(request?.files.get('/cli/0/ein_bild.png')).toBe(files[0]);
    expect(request?.webgpu).toBe(false);
    expect(ran.out).toMatch(/b\.jpg \(61\.5 ms\)\n +94\.2 % {2}espresso/);
  });
  it('asks for an engine, and says which one ran', async () => {
    const here = await folder();
    const image = await here.write('a.png', 'a');
    const ran = await run(['classify', '--image', image, '--engine', 'ort'], { answer: ok(report([image])) });
    expect(ran.requests[0]?.argument).toMatchObject({ engine: 'ort' });
    expect(ran.out).toContain('efficientnet-lite0 on wasm:1, engine onnxruntime-web');
  });
  it('finds a missing picture before it opens a browser', async () => {
    const ran = await run(['classify', '--image', 'none.png', '--json', '-']);
    expect(ran).toMatchObject({ code: 1, requests: [] });
    expect(JSON.parse(ran.out)).toMatchObject({ error: { code: 'file-unreadable' } });
  });
  it('takes an own model by its file', async () => {
    const here = await folder();
    const model = await here.write('net.onnx', corruptModelBytes());
    const image = await here.write('a.png', 'a');
    const ran = await run(['classify', '--model', model, '--image', image], { answer: ok(report([image])) });
    expect(ran.requests[0]?.argument).toMatchObject({ modelUrl: './cli/model/net.onnx' });
    expect(ran.requests[0]?.files.get('/cli/model/net.onnx')).toBe(model);
  });
});
