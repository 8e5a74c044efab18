import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEndurance, type Endurance } from '../fixtures/endurance.ts';
import { closeAll } from '../fixtures/workers.ts';

let endurance: Endurance;
beforeAll(async () => {
  endurance = await openEndurance();
});
afterAll(closeAll);

describe('10,000 frames', () => {
  it.each(['single', 'pipeline', 'replicated', 'hybrid'] as const)(
    'through a plan of kind %s: each once, in order, with its own output',
    async (kind) => {
      const plan = endurance.plans.find((each) => each.kind === kind);
      expect(plan && (await endurance.run(plan, [10_000]))).toEqual({ frames: 10_000, strays: 0 });
    },
  );
});
