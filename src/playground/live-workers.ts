/**
 * @file The workers of one start of live and what they hold: the segments of what runs, and of what may run next – a change to
 * that loads nothing, so that it is no slower where the device is busy, which is when it is wanted.
 */
import type { AppError } from '../core/errors.ts';
import { planLabel, type Member } from '../core/planning/plan.ts';
import type { ProcessorId } from '../core/profile/profile.ts';
import { ok, type Result } from '../core/result.ts';
import type { StageClient } from '../workers/stage.client.ts';
import { Holdings, type Holding } from './holdings.ts';
import { lostProcessor, seat, type Seating } from './live-seats.ts';
import type { PlanEntry } from './plan-report.ts';
import type { Segments } from './plan-request.ts';
import type { ProcessorPool } from './processors.ts';
import { loadStages, type LoadedPlan } from './run-plan.ts';

/** A plan on open workers. */
export interface Seated extends Seating {
  /** One a seat; without seats one a stage. */
  readonly clients: readonly StageClient[];
}

/** A network by its segments. */
export interface Deployment {
  readonly segments: Segments;
  /** Names the network: see `segmentName`. */
  readonly of: string;
}

/** What may run next. */
export interface StandBy extends Deployment {
  readonly entry: PlanEntry;
}

/** Does work while nothing else changes what runs; not at all where live has ended. */
export type InTurn = (work: () => Promise<void>) => Promise<void>;

/** Between two loads beside what runs: each takes a worker from its frames for a moment. */
const REST_MS = 1000;

/** Of equal ones as many are taken away as there are among the `others`. */
function without(items: readonly ProcessorId[], others: readonly ProcessorId[]): readonly ProcessorId[] {
  const left = [...others];
  return items.filter((item) => {
    const at = left.indexOf(item);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

const keyOf = ({ of, entry }: StandBy): string => `${of} ${planLabel(entry)}`;

export class LiveWorkers {
  private readonly pool: ProcessorPool;
  private readonly holdings = new Holdings();
  /** Processors whose workers are open, and those that are about to be. */
  private seats: readonly Member[] = [];
  private opening: readonly Member[] = [];
  private running: Holding | null = null;
  private wanted: readonly StandBy[] = [];
  /** Of those wanted, what is loaded, by key. */
  private ready = new Map<string, Holding>();
  /** Nothing stands by any more. */
  private isSparing = false;

  constructor(pool: ProcessorPool) {
    this.pool = pool;
  }

  /** Processors of the report whose workers are open. */
  get open(): readonly Member[] {
    return this.seats;
  }

  /** Opens what a plan needs and is not open; what runs goes on. */
  async seat(seating: Seating): Promise<Result<Seated>> {
    const { seats, plan } = seating;
    const needed = (seats.length > 0 ? seats : plan.stages).map(({ processor }) => processor);
    this.opening = seats.filter((member) => !this.seats.includes(member));
    // The whole model, without a plan, runs on a worker that has no seat.
    const besides = this.running?.clients.map(({ processor }) => processor) ?? [];
    const opened = await this.pool.acquire([...needed, ...without(besides, needed)]);
    if (!opened.ok) return opened;
    this.seats = seats;
    this.opening = [];
    return ok({ ...seating, clients: opened.value.slice(0, needed.length) });
  }

  /** Loads what is to run in place of what ran. */
  async load({ plan, clients }: Seated, { segments, of }: Deployment): Promise<Result<LoadedPlan>> {
    this.running = { plan, clients, of };
    await this.tidy();
    return loadStages(plan, clients, segments, this.holdings, of);
  }

  /**
   * Loads what may run next, in this order; what was wanted before and is no longer is unloaded. After a failure, or the loss
   * of a worker, none: it may have been one too many.
   */
  async standBy(wanted: readonly StandBy[], inTurn: InTurn): Promise<void> {
    this.wanted = this.isSparing ? [] : wanted;
    await inTurn(() => this.tidy());
    for (let next = this.missing(wanted); next; next = this.missing(wanted)) {
      const standBy = next;
      await new Promise((resolve) => setTimeout(resolve, REST_MS));
      if (this.missing(wanted) === standBy) await inTurn(() => this.prepare(standBy));
      else return;
    }
  }

  /** A failure, and the workers that died of it: the processors that are lost. */
  lose(error: AppError, dead: readonly Member[]): readonly Member[] {
    const unopened = this.opening.filter(
      ({ processor }) => processor === (lostProcessor(error) ?? processor),
    );
    const lost = [...dead, ...unopened];
    this.seats = this.seats.filter((member) => !lost.includes(member));
    this.running = null;
    this.forgo();
    return lost;
  }

  async clear(): Promise<void> {
    this.wanted = [];
    this.running = null;
    await this.tidy();
  }

  /** Nothing stands by from now on. */
  private forgo(): void {
    this.isSparing = true;
    this.opening = [];
    this.wanted = [];
  }

  /** Unloads what neither runs nor is wanted. */
  private async tidy(): Promise<void> {
    const keys = new Set(this.wanted.map(keyOf));
    this.ready = new Map([...this.ready].filter(([key]) => keys.has(key)));
    const running = this.running ? [this.running] : [];
    await this.holdings.keepOnly([...running, ...this.ready.values()]);
  }

  /** The first that is not loaded, while these are the ones that are wanted. */
  private missing(wanted: readonly StandBy[]): StandBy | null {
    if (wanted !== this.wanted) return null;
    return wanted.find((each) => !this.ready.has(keyOf(each))) ?? null;
  }

  private async prepare(standBy: StandBy): Promise<void> {
    const { entry, segments, of } = standBy;
    const seated = await this.seat(seat(entry, this.seats));
    const { holdings } = this;
    const loaded = seated.ok
      ? await loadStages(seated.value.plan, seated.value.clients, segments, holdings, of)
      : seated;
    if (!seated.ok || !loaded.ok) this.forgo();
    else this.ready.set(keyOf(standBy), { ...seated.value, of });
  }
}
