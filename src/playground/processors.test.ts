import { describe, expect, it } from 'vitest';
import type { Capabilities } from '../platform/capabilities.ts';
import { checkProcessors, defaultProcessors, processorsTogether, wasmThreads } from './processors.ts';

const GPU = { vendor: 'maker', architecture: 'arch', isFallbackAdapter: false };
function device(part: Partial<Capabilities> = {}): Capabilities {
  return {
    browser: 'Chrome 156',
    cores: 8,
    crossOriginIsolated: true,
    adapter: GPU,
    gpu: null,
    webgpu: 'ok',
    simd: true,
    relaxedSimd: true,
    ...part,
  };
}
const SOFTWARE = { adapter: { ...GPU, isFallbackAdapter: true } };
const NONE = { webgpu: 'null-adapter', adapter: null } as const;

describe('defaultProcessors', () => {
  it.each<[string, Partial<Capabilities>, readonly string[]]>([
    ['a GPU and eight cores', {}, ['webgpu', 'wasm:4']],
    ['a GPU and two cores', { cores: 2 }, ['webgpu', 'wasm:1']],
    ['a GPU without isolation', { crossOriginIsolated: false }, ['webgpu', 'wasm:1']],
    ['a software GPU, which is never offered', SOFTWARE, ['wasm:8', 'wasm:4', 'wasm:4']],
    ['no GPU and two cores', { ...NONE, cores: 2 }, ['wasm:2', 'wasm:1', 'wasm:1']],
    ['no GPU and six cores', { ...NONE, cores: 6 }, ['wasm:6', 'wasm:3', 'wasm:3']],
    ['no GPU, no isolation', { ...NONE, crossOriginIsolated: false }, ['wasm:1', 'wasm:1']],
    ['a single core', { ...NONE, cores: 1 }, ['wasm:1']],
  ])('%s', (_, part, expected) => {
    expect(defaultProcessors(device(part))).toEqual(expected);
  });
  it('never wants more than four threads a group, nor fewer than one', () => {
    expect([1, 2, 3, 4, 8, 64].map((cores) => wasmThreads(device({ cores })))).toEqual([1, 1, 2, 2, 4, 4]);
  });
});

describe('processorsTogether', () => {
  it('are those that fit beside another, with a software GPU in a full profile', () => {
    const two = device({ ...NONE, cores: 2 });
    expect(processorsTogether(two, 'quick')).toEqual(['wasm:1', 'wasm:1']);
    expect(processorsTogether(device({ ...SOFTWARE, cores: 2 }), 'full')).toEqual([
      'webgpu',
      'wasm:1',
      'wasm:1',
    ]);
    expect(processorsTogether(device(), 'quick')).toEqual(['webgpu', 'wasm:4']);
  });
});

describe('checkProcessors', () => {
  it('lets pass what the device has', () => {
    const wanted = ['webgpu', 'wasm:2'] as const;
    expect(checkProcessors(wanted, device())).toEqual({ ok: true, value: wanted });
    expect(checkProcessors(wanted, device(SOFTWARE)).ok).toBe(true);
  });
  it('refuses WebGPU with the reason, and threads without isolation', () => {
    expect(checkProcessors(['webgpu'], device(NONE))).toEqual({
      ok: false,
      error: { code: 'webgpu-unavailable', reason: 'null-adapter' },
    });
    const apart = device({ crossOriginIsolated: false });
    expect(checkProcessors(['wasm:1', 'wasm:2'], apart)).toEqual({
      ok: false,
      error: { code: 'processor-invalid', id: 'wasm:2' },
    });
    expect(checkProcessors(['wasm:1', 'wasm:1'], apart).ok).toBe(true);
  });
});
