import { describe, expect, it } from 'vitest';
import { DEVICE, profileOf } from '../../fixtures/profile.ts';
import { FREE, linkSeconds, residencySeconds, transfersOf } from './transfer.ts';

describe('transfers', () => {
  it('are read from the profile', () => {
    expect(transfersOf(DEVICE)).toEqual({
      upload: { latencySeconds: 1e-4, bytesPerSecond: 2e9 },
      download: { latencySeconds: 2e-4, bytesPerSecond: 1e9 },
      hop: { latencySeconds: 5e-5, bytesPerSecond: 4e9 },
    });
  });
  it('are free where the profile does not know them', () => {
    expect(transfersOf(profileOf({}))).toEqual({ upload: FREE, download: FREE, hop: FREE });
    expect(linkSeconds(FREE, 1e9)).toBe(0);
  });
  it('cost latency + bytes / bandwidth', () => {
    expect(linkSeconds({ latencySeconds: 0.5, bytesPerSecond: 10 }, 20)).toBe(2.5);
  });
  it('move into and out of GPU memory only', () => {
    const transfers = transfersOf(DEVICE);
    expect(residencySeconds('wasm:4', 1e6, 1e6, transfers)).toBe(0);
    expect(residencySeconds('webgpu', 2e6, 1e6, transfers)).toBeCloseTo(1e-4 + 1e-3 + 2e-4 + 1e-3, 12);
  });
});
