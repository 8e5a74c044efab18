import { describe, expect, it } from 'vitest';
import { ABLE } from '../../../fixtures/measuring.ts';
import type { Capabilities } from '../../../platform/capabilities.ts';
import { deviceFacts } from './device-facts.ts';

const CAPABILITIES: Capabilities = {
  ...ABLE,
  adapter: { vendor: 'nvidia', architecture: '', isFallbackAdapter: false },
  gpu: ABLE.gpu && { ...ABLE.gpu, description: 'a fine one', languageFeatures: [] },
};
const SEEN = { isVisible: true, wasHidden: false };

describe('deviceFacts', () => {
  it('lists what the browser tells', () => {
    expect(
      deviceFacts(CAPABILITIES, SEEN).map(({ name, values }) => `${name}: ${values.join(', ')}`),
    ).toEqual([
      'Browser: Chrome 156',
      'Logical cores: 8',
      'Cross-origin isolated: yes',
      'WebAssembly SIMD: yes, relaxed too',
      'This page: visible now, in front during the measurement',
      'GPU: nvidia, a fine one',
      'Kind of GPU: hardware',
      'GPU limits: largest buffer 256 MiB, largest storage binding 128 MiB, workgroup memory 16 KiB, lanes a workgroup 256',
      'GPU features: shader-f16, timestamp-query',
      'WGSL features: not told',
    ]);
  });
  it('says what is not there', () => {
    const none = { ...CAPABILITIES, adapter: null, gpu: null, webgpu: 'no-api', simd: false } as const;
    const facts = deviceFacts(none, { isVisible: false, wasHidden: true });
    expect(facts.slice(3).map(({ name, values }) => `${name}: ${values.join(', ')}`)).toEqual([
      'WebAssembly SIMD: no',
      'This page: hidden now, hidden for part of the measurement',
      'WebGPU: none',
    ]);
  });
  it('calls a software GPU what it is', () => {
    const software = {
      ...CAPABILITIES,
      adapter: { vendor: '', architecture: '', isFallbackAdapter: true },
      gpu: null,
    };
    expect(deviceFacts(software, SEEN).slice(5)).toEqual([
      { name: 'GPU', values: ['not told'] },
      { name: 'Kind of GPU', values: ['software, on the CPU'] },
    ]);
  });
});
