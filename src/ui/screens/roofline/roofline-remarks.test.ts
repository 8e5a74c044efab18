import { describe, expect, it } from 'vitest';
import type { DeviceProfile } from '../../../core/profile/profile.ts';
import { measured } from '../../../core/roofline/metric.ts';
import { DEVICE } from '../../../fixtures/profile.ts';
import { kneeSentences, profileNote, togetherSentences } from './roofline-remarks.ts';

const more = (...metrics: DeviceProfile['metrics']): DeviceProfile => ({
  ...DEVICE,
  metrics: [...DEVICE.metrics, ...metrics],
});
const fma = { processor: 'wasm:1', kind: 'compute', type: 'fma.relaxed', threads: 1 } as const;
const copy = { processor: 'wasm:1', kind: 'bandwidth', type: 'copy', threads: 1 } as const;
const beside = (other: 'webgpu' | 'wasm:1', compute: number, bandwidth: number) => [
  measured({ ...fma, id: `wasm:1.fma.relaxed&${other}`, beside: other }, [compute]),
  measured({ ...copy, id: `wasm:1.copy&${other}`, beside: other }, [bandwidth]),
];

describe('togetherSentences', () => {
  it('say what is kept of both ceilings', () => {
    expect(togetherSentences(more(...beside('wasm:1', 8.2, 3.2), ...beside('webgpu', 9.9, 6)))).toEqual([
      'WASM keeps 82 % of its arithmetic and 64 % of its bandwidth while another WASM worker works.',
      'WASM keeps all of its arithmetic and 120 % (noise) of its bandwidth while WebGPU works.',
    ]);
  });
  it('are none where only half was measured', () => {
    expect(togetherSentences(more(...beside('webgpu', 9, 4).slice(0, 1)))).toEqual([]);
    expect(togetherSentences(DEVICE)).toEqual([]);
  });
});

describe('kneeSentences', () => {
  const sweep = (peak: number, bandwidth: number): DeviceProfile =>
    more(
      ...[0.25, 0.5, 1, 2, 4, 8, 16].map((operationalIntensity) =>
        measured(
          {
            id: `wasm:1.intensity@${operationalIntensity}`,
            processor: 'wasm:1',
            kind: 'compute',
            type: 'intensity',
            threads: 1,
            operationalIntensity,
          },
          [Math.min(peak, bandwidth * operationalIntensity)],
        ),
      ),
    );
  it('hold the knee against the ridge', () => {
    expect(kneeSentences(sweep(9, 4.5))).toEqual([
      'WASM bends at 2.00 FLOP/byte; its ceilings put the ridge at 2.00. They agree: the sweep reaches 90 % of the arithmetic and 90 % of the bandwidth.',
    ]);
    expect(kneeSentences(sweep(9, 3))).toEqual([
      'WASM bends at 3.00 FLOP/byte; its ceilings put the ridge at 2.00. They are 1.5 × apart: the sweep reaches 90 % of the arithmetic and 60 % of the bandwidth.',
    ]);
  });
  it('are none without a sweep', () => {
    expect(kneeSentences(DEVICE)).toEqual([]);
  });
});

describe('profileNote', () => {
  it('says how much time was taken, and when', () => {
    expect(profileNote({ ...DEVICE, effort: 'full', seconds: 43.2 })).toMatch(
      /^Full profile, 43 s, 24 Nov 2026/,
    );
    expect(profileNote({ ...DEVICE, effort: 'quick', seconds: 9.6 })).toMatch(/^Quick profile, 10 s, /);
    expect(profileNote(DEVICE)).toMatch(/^Profile, 24 Nov 2026/);
  });
});
