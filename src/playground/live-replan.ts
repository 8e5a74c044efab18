/**
 * @file Which plan live goes on with when the chosen one no longer is the best there is: on the processors that are left
 * when one is lost, and on all of them when some have slowed down for good. It decides; the controller switches.
 */
import { Drift, type PerMember } from '../core/live/drift.ts';
import { membersOf } from '../core/planning/plan.ts';
import type { StageSpan } from '../workers/stage.api.ts';
import { bestPlan, expectedMs, gainOf, isSamePlan, priced, type Situation } from './live-prices.ts';
import type { PlanEntry } from './plan-report.ts';
import type { Detour } from './state.ts';

/** What to run; without a plan the whole model on a WASM processor. */
export interface Course {
  readonly entry: PlanEntry | null;
  readonly detour: Detour | null;
}

/** A switch costs some frames, and predictions err: less gain than this is none. */
const MARGIN = 1.15;
/** From one look at the prices to the next; twice as long after each change, so that a mistaken plan cannot make it flap. */
const WAIT_MS = 20_000;
const MOST_WAIT_MS = 320_000;

/** What is known without the factors, which are found here. */
export type Known = Omit<Situation, 'factors'>;

export class Replanner {
  private readonly known: Known | null;
  private readonly drift = new Drift();
  private readonly lost = new Set<number>();
  private factors = new Map<number, number>();
  private running: PlanEntry | null = null;
  private waitMs = WAIT_MS;
  private notBefore = 0;

  /** For a turn of live; null without a report. */
  constructor(known: Known | null) {
    this.known = known;
  }

  /** The course that the visitor chose, or planning for them. */
  get chosen(): Course {
    return { entry: this.known?.report.chosen ?? null, detour: null };
  }

  /** This plan runs from now on. */
  begins(entry: PlanEntry | null): void {
    this.running = entry;
    const { situation } = this;
    // A report that only predicts does not tell what a frame takes here.
    const isFollowed = situation?.report.chosen.measured?.memberMs !== undefined;
    if (!situation || !entry || !isFollowed) this.drift.begin([], []);
    else this.drift.begin(expectedMs(situation, entry), this.perMember(entry));
  }

  see(spans: readonly StageSpan[], at: number): void {
    this.drift.see(spans, at);
  }

  /** Nobody ran for a while. */
  rests(): void {
    this.drift.forget();
  }

  /** Everything is tried again: what was lost may be back, what was slow as before. */
  forgive(): void {
    this.lost.clear();
    this.factors = new Map();
  }

  /**
   * These processors (places in the report) are lost. The best plan on those of them that are open, so that service is soon
   * back, else on all that are left.
   */
  without(lost: readonly number[], open: readonly number[]): Course {
    for (const processor of lost) this.lost.add(processor);
    const { situation } = this;
    if (!situation) return { entry: null, detour: null };
    const detour: Detour = { reason: 'lost', processors: [...this.lost] };
    // Without a culprit the same plan would fail again.
    if (lost.length === 0) return { entry: null, detour };
    const living = open.filter((p) => !this.lost.has(p));
    const best = bestPlan(situation, living.length > 0 ? living : this.left);
    return best && isSamePlan(best, situation.report.chosen) ? this.chosen : { entry: best, detour };
  }

  /** A better course at what processors have taken for some time now, or null. */
  look(now: number): Course | null {
    const { known, running } = this;
    if (!known || !running || now < this.notBefore) return null;
    const seen = this.drift.factors(now);
    if (!seen) return null;
    this.notBefore = now + this.waitMs;
    this.learn(running, seen);
    const situation = { ...known, factors: this.factors };
    const next = bestPlan(situation, this.left);
    if (!next || gainOf(situation, priced(situation, running), next) < MARGIN) return null;
    this.waitMs = Math.min(2 * this.waitMs, MOST_WAIT_MS);
    return isSamePlan(next, known.report.chosen) ? this.chosen : { entry: next, detour: this.slowest() };
  }

  private get situation(): Situation | null {
    return this.known && { ...this.known, factors: this.factors };
  }

  /** Processors of the report that were not lost. */
  private get left(): readonly number[] {
    return this.known?.report.processors.flatMap((_, p) => (this.lost.has(p) ? [] : [p])) ?? [];
  }

  private perMember(entry: PlanEntry): PerMember {
    return entry.stages.map((stage) =>
      membersOf(stage).map(({ processorIndex }) => this.factors.get(processorIndex) ?? 1),
    );
  }

  private learn({ stages }: PlanEntry, seen: PerMember): void {
    this.factors = new Map(this.factors);
    stages.forEach((stage, s) => {
      membersOf(stage).forEach(({ processorIndex }, m) => {
        this.factors.set(processorIndex, seen[s]?.[m] ?? 1);
      });
    });
  }

  private slowest(): Detour {
    const [slowest] = [...this.factors].toSorted(([, a], [, b]) => b - a);
    const [processor, factor] = slowest ?? [0, 1];
    return { reason: 'slowed', processor, factor };
  }
}
