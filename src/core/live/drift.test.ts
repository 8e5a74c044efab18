import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Drift, SUSTAINED_MS, type PerMember } from './drift.ts';

const EXPECTED: PerMember = [[10], [20, 40]];
const ONES: PerMember = [[1], [1, 1]];
const FRAME_MS = 100;

/** Frames of all members at ten a second from `from` to `to`, each taking `factor(stage, member, at)` times the expected. */
function feed(
  drift: Drift,
  from: number,
  to: number,
  factor: (stage: number, member: number, at: number) => number,
): void {
  for (let at = from + FRAME_MS; at <= to; at += FRAME_MS) {
    const spans = EXPECTED.flatMap((stage, s) =>
      stage.map((ms, m) => ({ stage: s, member: m, start: 0, end: ms * factor(s, m, at) })),
    );
    drift.see(spans, at);
  }
}

function begun(reference: PerMember = ONES): Drift {
  const drift = new Drift();
  drift.begin(EXPECTED, reference);
  return drift;
}

/** Live has run for so long that its overhead is known: 1.2. */
function settled(reference: PerMember = ONES): Drift {
  const drift = begun();
  feed(drift, 0, SUSTAINED_MS, () => 1.2);
  drift.factors(SUSTAINED_MS);
  drift.begin(EXPECTED, reference);
  return drift;
}
const isB = (stage: number, member: number): boolean => stage === 1 && member === 1;

describe('a device that is as fast as in the race', () => {
  it.each([1, 1.2, 1.5, 0.6])('has not changed where live takes %d times for everybody', (factor) => {
    const drift = begun();
    feed(drift, 0, 60_000, () => factor);
    for (let at = 0; at <= 60_000; at += 250) expect(drift.factors(at)).toBeNull();
  });

  it('has not changed for spikes of any height that are not the middle', () => {
    const spikes = fc.double({ min: 1, max: 100, noNaN: true });
    fc.assert(
      fc.property(spikes, fc.integer({ min: 3, max: 9 }), (height, every) => {
        const drift = begun();
        feed(drift, 0, 20_000, (_s, _m, at) => (Math.round(at / FRAME_MS) % every === 0 ? height : 1));
        expect(drift.factors(20_000)).toBeNull();
      }),
    );
  });
});

describe('one member that slows', () => {
  it('is told after eight seconds, not before, with the factor beyond live’s overhead', () => {
    const drift = settled();
    const at = 100_000;
    feed(drift, at, at + SUSTAINED_MS, (s, m) => (isB(s, m) ? 2.4 : 1.2));
    expect(drift.factors(at + SUSTAINED_MS - 2500)).toBeNull();
    const factors = drift.factors(at + SUSTAINED_MS);
    expect(factors?.[0]?.[0]).toBeCloseTo(1);
    expect(factors?.[1]?.[0]).toBeCloseTo(1);
    expect(factors?.[1]?.[1]).toBeCloseTo(2);
  });

  it('is not told for less than a third, or when a quarter was as before', () => {
    const drift = settled();
    feed(drift, 0, SUSTAINED_MS, (s, m) => (isB(s, m) ? 1.5 : 1.2));
    expect(drift.factors(SUSTAINED_MS)).toBeNull();
    feed(drift, 20_000, 40_000, (s, m, at) => (isB(s, m) && (at <= 34_000 || at > 36_000) ? 3 : 1.2));
    expect(drift.factors(40_000)).toBeNull();
  });

  it('is told when it was slow before live began', () => {
    const drift = begun();
    feed(drift, 0, SUSTAINED_MS, (s, m) => (isB(s, m) ? 3 : 1));
    expect(drift.factors(SUSTAINED_MS)?.[1]?.[1]).toBeCloseTo(3);
  });

  it('is told when it is as before, to a plan that was chosen for slowness', () => {
    const drift = settled([[1], [1, 2]]);
    feed(drift, 0, SUSTAINED_MS, () => 1.2);
    expect(drift.factors(SUSTAINED_MS)?.[1]?.[1]).toBeCloseTo(1);
    const stillSlow = settled([[1], [1, 2]]);
    feed(stillSlow, 0, SUSTAINED_MS, (s, m) => (isB(s, m) ? 2.4 : 1.2));
    expect(stillSlow.factors(SUSTAINED_MS)).toBeNull();
  });

  it('is told whatever the factor, as that factor', () => {
    fc.assert(
      fc.property(fc.double({ min: 1.31, max: 50, noNaN: true }), (factor) => {
        const drift = settled();
        feed(drift, 0, SUSTAINED_MS, (s, m) => (isB(s, m) ? 1.2 * factor : 1.2));
        expect(drift.factors(SUSTAINED_MS)?.[1]?.[1]).toBeCloseTo(factor);
      }),
    );
  });
});

describe('fewer cores', () => {
  it('are told by all members that work at once', () => {
    const drift = settled();
    feed(drift, 0, SUSTAINED_MS, () => 2.4);
    expect(
      drift
        .factors(SUSTAINED_MS)
        ?.flat()
        .every((factor) => Math.abs(factor - 2) < 1e-9),
    ).toBe(true);
  });
  it('are told by a group of threads that slows alone', () => {
    const drift = new Drift();
    drift.begin([[10]], [[1]]);
    for (let at = 0; at <= 30_000; at += FRAME_MS) {
      drift.see([{ stage: 0, member: 0, start: 0, end: at < 15_000 ? 11 : 27.5 }], at);
      if (at % 1000 === 0 && at < 22_000) expect(drift.factors(at)).toBeNull();
    }
    expect(drift.factors(30_000)?.[0]?.[0]).toBeCloseTo(2.5);
  });
});

describe('nothing is told', () => {
  it('of time before a pause', () => {
    const drift = settled();
    feed(drift, 0, SUSTAINED_MS - 100, (s, m) => (isB(s, m) ? 3 : 1.2));
    drift.forget();
    feed(drift, SUSTAINED_MS - 100, SUSTAINED_MS, (s, m) => (isB(s, m) ? 3 : 1.2));
    expect(drift.factors(SUSTAINED_MS)).toBeNull();
  });
  it('while a member has shown no frame', () => {
    const drift = begun();
    for (let at = 0; at <= 20_000; at += FRAME_MS)
      drift.see([{ stage: 0, member: 0, start: 0, end: 50 }], at);
    expect(drift.factors(20_000)).toBeNull();
  });
  it('of the time in which a picture becomes a tensor', () => {
    const drift = begun();
    for (let at = 0; at <= 20_000; at += FRAME_MS) {
      drift.see(
        EXPECTED.flatMap((stage, s) =>
          stage.map((ms, m) => ({ stage: s, member: m, start: 0, ready: 500, end: 500 + ms })),
        ),
        at,
      );
    }
    expect(drift.factors(20_000)).toBeNull();
  });
  it('of members that take no frames', () => {
    const drift = new Drift();
    drift.begin([[10, 0]], [[1, 1]]);
    for (let at = 0; at <= 20_000; at += FRAME_MS) {
      drift.see([{ stage: 0, member: 0, start: 0, end: at < 10_000 ? 10 : 20 }], at);
      if (at === 10_000) expect(drift.factors(at)).toBeNull();
    }
    expect(drift.factors(20_000)).toEqual([[2, 1]]);
  });
});
