import { describe, expect, it } from 'vitest';
import { deviceConditions } from './device-conditions.ts';
import { messageOf } from './messages.ts';

type Probed = Parameters<typeof deviceConditions>[0];

const GPU = { vendor: 'nvidia', architecture: 'ampere', isFallbackAdapter: false };
const GOOD: Probed = { webgpu: 'ok', adapter: GPU, crossOriginIsolated: true, simd: true };
const idsOf = (change: Partial<Probed>): readonly string[] =>
  deviceConditions({ ...GOOD, ...change }).map(({ id }) => id);

describe('deviceConditions', () => {
  it('has nothing to say of a device that lacks nothing', () => {
    expect(deviceConditions(GOOD)).toEqual([]);
  });
  it.each(['no-api', 'null-adapter', 'device-refused'] as const)('without WebGPU (%s) says why', (reason) => {
    expect(deviceConditions({ ...GOOD, webgpu: reason, adapter: null })).toEqual([
      { id: 'no-webgpu', badge: 'No WebGPU', message: messageOf({ code: 'webgpu-unavailable', reason }) },
    ]);
  });
  it('calls a software adapter one, and not a missing one', () => {
    expect(idsOf({ adapter: { ...GPU, isFallbackAdapter: true } })).toEqual(['software-adapter']);
    // A software adapter whose device does not open is no WebGPU at all: one badge, not two.
    expect(idsOf({ webgpu: 'device-refused', adapter: { ...GPU, isFallbackAdapter: true } })).toEqual([
      'no-webgpu',
    ]);
  });
  it('takes an adapter without facts for a real one', () => {
    expect(idsOf({ adapter: null })).toEqual([]);
  });
  it('names missing SIMD and missing isolation', () => {
    expect(idsOf({ simd: false })).toEqual(['no-simd']);
    expect(idsOf({ crossOriginIsolated: false })).toEqual(['not-isolated']);
  });
  it('gives all that hold, the gravest first, each with its own badge, cause and remedy', () => {
    const all = deviceConditions({
      webgpu: 'no-api',
      adapter: null,
      crossOriginIsolated: false,
      simd: false,
    });
    expect(all.map(({ id }) => id)).toEqual(['no-webgpu', 'no-simd', 'not-isolated']);
    expect(new Set(all.map(({ badge }) => badge)).size).toBe(3);
    for (const { message } of all) {
      expect(message.what).toMatch(/^\S.*\.$/);
      expect(message.remedy).toMatch(/^\S.*\.$/);
    }
  });
});
