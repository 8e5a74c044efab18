import { describe, expect, it } from 'vitest';
import { segmentName } from './run-plan.ts';

describe('segmentName', () => {
  it('tells stages of different units apart', () => {
    const stage = { processor: 'wasm:1', processorIndex: 0 } as const;
    expect(segmentName({ ...stage, fromUnit: 0, toUnit: 3 })).not.toBe(
      segmentName({ ...stage, fromUnit: 0, toUnit: 4 }),
    );
  });
});
