/**
 * @file Holds a frame rate live: watches what the pipeline completes and could complete, asks the governor
 * (core/codesign/governor.ts), and puts the design that it names in force.
 */
import type { Design } from '../../core/codesign/design.ts';
import { Governor, type Move } from '../../core/codesign/governor.ts';
import { ladderOf, nearestTo, type Rung } from '../../core/codesign/ladder.ts';
import { CapacityMeter } from '../../core/live/capacity.ts';
import type { Result } from '../../core/result.ts';
import type { StageSpan } from '../../workers/stage.api.ts';
import type { LiveObserver } from '../live-host.ts';
import type { LiveSample, Store } from '../state.ts';
import { designInForce } from './design-in-force.ts';

export interface GovernedHost {
  readonly store: Store;
  applyDesign(id: string): Promise<Result<null>>;
  /** Has as many of these at hand as there is room for, the first first. */
  standBy(ids: readonly string[]): void;
}

/** What a rung must be able to do beyond the target to begin with. */
const SPARE = 1.1;

export class LiveGovernor implements LiveObserver {
  private readonly host: GovernedHost;
  private readonly capacity = new CapacityMeter();
  private governor: Governor | null = null;
  private rungs: readonly Rung[] = [];
  private isMoving = false;

  constructor(host: GovernedHost) {
    this.host = host;
  }

  /** From now on, or no longer. */
  hold(targetFps: number | null): void {
    this.governor = null;
    this.host.standBy([]);
    const { live } = this.host.store.getState();
    const governor = targetFps === null ? null : { targetFps, moves: live.governor?.moves ?? [] };
    this.host.store.setState({ live: { ...live, governor } });
  }

  begins(): void {
    this.capacity.forget();
    const design = designInForce(this.host.store.getState());
    if (!design || !this.governor) return;
    this.governor.begins(design.id, performance.now());
    this.host.standBy(nearestTo(this.rungs, design.id).map(({ id }) => id));
  }

  sees(spans: readonly StageSpan[], at: number): void {
    // Every frame: nothing for who asked for nothing.
    if (this.host.store.getState().live.governor) this.capacity.see(spans, at);
  }

  updates(sample: LiveSample, sourceFps: number | null): void {
    const { live, codesign } = this.host.store.getState();
    if (!live.governor || !codesign || this.isMoving) return;
    const at = performance.now();
    const capacityFps = this.capacity.fps(at);
    if (this.governor) {
      const fps = this.capacity.completedFps(at);
      const move = this.governor.see({ at, fps, capacityFps, sourceFps });
      if (move) void this.move(move, sample, capacityFps);
    } else if (capacityFps !== null) {
      const front = codesign.designs.filter(({ id }) => codesign.front.includes(id));
      this.begin(front, Math.min(live.governor.targetFps, sourceFps ?? Infinity), sample, capacityFps);
    }
  }

  /** The most accurate design that keeps the rate by what is known, else the fastest. */
  private begin(front: readonly Design[], goal: number, sample: LiveSample, capacityFps: number): void {
    const { live } = this.host.store.getState();
    const rungs = ladderOf(front, this.capacity.preparingMs(performance.now()) / 1000);
    this.rungs = rungs;
    this.governor = new Governor(rungs, live.governor?.targetFps ?? goal);
    const current = designInForce(this.host.store.getState());
    const keeps = ({ throughputFps }: Rung): boolean => throughputFps >= SPARE * goal;
    const first = rungs.find(keeps) ?? rungs.at(-1);
    if (!first || first.id === current?.id) this.begins();
    else {
      const reason = first.accuracy < (current?.accuracy ?? 1) ? 'too-slow' : 'room-again';
      void this.move({ id: first.id, reason }, sample, capacityFps);
    }
  }

  private async move(
    { id, reason }: Pick<Move, 'id' | 'reason'>,
    { at, throughputFps: fps }: LiveSample,
    capacityFps: number | null,
  ): Promise<void> {
    const from = designInForce(this.host.store.getState())?.id ?? '';
    this.isMoving = true;
    const applied = await this.host.applyDesign(id);
    this.isMoving = false;
    const { live } = this.host.store.getState();
    if (!applied.ok || !live.governor) return;
    const move = { at, from, to: id, reason, fps, capacityFps: capacityFps ?? fps };
    const governor = { ...live.governor, moves: [...live.governor.moves, move] };
    this.host.store.setState({ live: { ...live, governor } });
  }
}
