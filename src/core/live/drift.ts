/**
 * @file Whether the device has slowed down: follows what each member of the plan in force takes a frame, against what it
 * took in the plan's own race. One slow frame says nothing, nor one slow second: a member has changed when every quarter of
 * the last eight seconds says so. What live adds for everybody (decoding, drawing the page) is told apart by the first
 * eight seconds of live: the least of the factors seen there is its overhead.
 */
import { median } from '../stats.ts';

/** A value a member, stage by stage. */
export type PerMember = readonly (readonly number[])[];

/**
 * When a member worked on a frame, in ms; before `ready` it made a tensor of a picture, which races do not. `handOver`: what it
 * took besides to send on the frame before.
 */
export interface Span {
  readonly stage: number;
  readonly member: number;
  readonly start: number;
  readonly ready?: number;
  readonly end: number;
  readonly handOver?: number;
}

export const SUSTAINED_MS = 8000;
const QUARTERS = 4;
/** A member that takes this many times what it took, or the inverse of it, has changed. */
const CHANGED = 1.3;
/** Live adds no more than this; what is beyond was slow already when live began. */
const MOST_OVERHEAD = 1.5;

interface Followed {
  readonly expectedMs: number;
  readonly reference: number;
  /** Times what was expected, of the last eight seconds. */
  readonly seen: { readonly at: number; readonly ratio: number }[];
}

interface Factors {
  readonly overall: number;
  readonly quarters: readonly number[];
}

export class Drift {
  private followed: readonly (readonly Followed[])[] = [];
  private overhead: number | null = null;

  /**
   * Another plan runs. `expectedMs` a frame of each member (0: takes none), `reference` the factors that this plan was
   * chosen for.
   */
  begin(expectedMs: PerMember, reference: PerMember): void {
    this.followed = expectedMs.map((stage, s) =>
      stage.map((expected, m) => ({ expectedMs: expected, reference: reference[s]?.[m] ?? 1, seen: [] })),
    );
  }

  see(spans: readonly Span[], at: number): void {
    for (const { stage, member, start, ready = start, end } of spans) {
      const followed = this.followed[stage]?.[member];
      if (!followed || followed.expectedMs <= 0) continue;
      const { seen, expectedMs } = followed;
      while (seen[0] && seen[0].at <= at - SUSTAINED_MS) seen.shift();
      seen.push({ at, ratio: (end - ready) / expectedMs });
    }
  }

  /** Time went by in which nobody ran: what was seen before it is not sustained. */
  forget(): void {
    for (const { seen } of this.followed.flat()) seen.length = 0;
  }

  /**
   * Times what each member took in the race, at least 1, once one of them has changed; else null, as long as one has no
   * frame in some quarter, too.
   */
  factors(now: number): PerMember | null {
    const working = this.followed.flat().filter(({ expectedMs }) => expectedMs > 0);
    const raw = new Map<Followed, Factors>();
    for (const member of working) {
      const factors = factorsOf(member, now);
      if (!factors) return null;
      raw.set(member, factors);
    }
    if (raw.size === 0) return null;
    const least = Math.min(...[...raw.values()].map(({ overall }) => overall));
    const overhead = (this.overhead ??= Math.min(MOST_OVERHEAD, Math.max(1, least)));
    const beyond = (ratio: number): number => Math.max(1, ratio / overhead);
    const hasChanged = [...raw].some(([{ reference }, { quarters }]) => {
      const changes = quarters.map((ratio) => beyond(ratio) / reference);
      return changes.every((c) => c >= CHANGED) || changes.every((c) => c <= 1 / CHANGED);
    });
    if (!hasChanged) return null;
    return this.followed.map((stage) =>
      stage.map((member) => {
        const overall = raw.get(member)?.overall;
        return overall === undefined ? member.reference : beyond(overall);
      }),
    );
  }
}

/** Medians over the last eight seconds and over each quarter of them; null where a quarter has no frame. */
function factorsOf({ seen }: Followed, now: number): Factors | null {
  const quarters: number[] = [];
  for (let q = 0; q < QUARTERS; q++) {
    const from = now - SUSTAINED_MS + (q * SUSTAINED_MS) / QUARTERS;
    const to = from + SUSTAINED_MS / QUARTERS;
    const middle = median(seen.flatMap(({ at, ratio }) => (at > from && at <= to ? [ratio] : [])));
    if (middle === null) return null;
    quarters.push(middle);
  }
  const overall = median(seen.flatMap(({ at, ratio }) => (at > now - SUSTAINED_MS ? [ratio] : [])));
  return overall === null ? null : { overall, quarters };
}
