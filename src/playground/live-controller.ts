/**
 * @file Use case: the live view – open a source, load the plan in force into its workers, run, and keep running while plans
 * change under it: on what is left when a processor is lost, on a better plan when the device has slowed. Also holds the
 * source while it is shown, so that the page can put it on the stage.
 */
import { networkOf } from '../core/codesign/design.ts';
import type { AppError } from '../core/errors.ts';
import { LiveMeter } from '../core/live/meter.ts';
import type { Member } from '../core/planning/plan.ts';
import type { ProcessorId } from '../core/profile/profile.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { FrameSource } from '../platform/frame-source.ts';
import { listCameras } from '../platform/video-source.ts';
import type { StageClient } from '../workers/stage.client.ts';
import { LiveRun, type LiveUpdate } from './live.ts';
import type { LiveHost, LiveObserver } from './live-host.ts';
import { predictLive } from './live-prices.ts';
import { Replanner, type Course } from './live-replan.ts';
import { isOfProcessors, seat, uselessOf, wholeModel } from './live-seats.ts';
import { LiveWorkers, type Seated, type StandBy } from './live-workers.ts';
import { NumericCheck } from './numeric-check.ts';
import { defaultProcessors } from './processors.ts';
import { LIVE_OFF, type LiveState } from './state.ts';

/** Live history kept for the charts: 60 s at four points a second. */
const HISTORY = 240;

/** What runs: the pipeline and its workers; no pipeline yet while it is being loaded. */
interface Running extends Seated {
  readonly run: LiveRun | null;
}

/** One start and all that follows from it: plans change, the source and what is counted stay. */
interface Session {
  readonly turn: number;
  readonly source: FrameSource;
  readonly meter: LiveMeter;
  readonly workers: LiveWorkers;
  replanner: Replanner;
  recoveries: number;
  isRetrying: boolean;
}

const placeOf = ({ processorIndex }: Member): number => processorIndex;

const CANCELLED: Result<never> = err({ code: 'cancelled' });

/** A source goes on through this many failures, each on other processors; then something else is wrong. */
const MOST_RECOVERIES = 3;

export class LiveController {
  private readonly host: LiveHost;
  observer: LiveObserver | null = null;
  private readonly numericCheck = new NumericCheck();
  private running: Running | null = null;
  private session: Session | null = null;
  private shown: FrameSource | null = null;
  /** Counts starts and stops: work of an earlier turn is no longer wanted. */
  private turn = 0;
  /** Beginning and ending use the same workers, so they happen one after another. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(host: LiveHost) {
    this.host = host;
  }

  /** The source on the stage, or null while live is off. */
  get source(): FrameSource | null {
    return this.shown;
  }

  /** Opens a source (asking for permission where it must) and runs the plan in force on it; ends what ran before. */
  async start(open: () => Promise<Result<FrameSource>>): Promise<Result<null>> {
    const busy = this.host.busy();
    if (busy) {
      this.host.report(busy);
      return err(busy);
    }
    const turn = ++this.turn;
    if (!this.host.store.getState().model) return this.refuse(turn, { code: 'model-missing' });
    await this.inTurn(() => this.end());
    if (turn !== this.turn) return CANCELLED;
    this.set({ ...LIVE_OFF, status: 'starting' });
    // Not in the queue: a question for permission may stay open for ever.
    const source = await open();
    if (turn !== this.turn) {
      if (source.ok) source.value.stop();
      return CANCELLED;
    }
    if (!source.ok) return this.refuse(turn, source.error);
    this.shown = source.value;
    void source.value.ended?.then((error) => this.refuse(turn, error));
    const { kind, label } = source.value;
    const cameras = kind === 'camera' ? await listCameras().catch(() => []) : [];
    const { cores } = await this.host.capabilities();
    if (turn !== this.turn) return CANCELLED;
    this.set({ source: kind, sourceLabel: label, cameras });
    const session: Session = {
      turn,
      source: source.value,
      meter: new LiveMeter(performance.now()),
      workers: new LiveWorkers(this.host.pool),
      replanner: this.replannerFor(source.value, cores),
      recoveries: 0,
      isRetrying: false,
    };
    this.session = session;
    return this.change(session, session.replanner.chosen);
  }

  /** Opens again what was lost and puts the chosen plan back in force; what runs goes on until that is ready. */
  async retry(): Promise<Result<null>> {
    const { session } = this;
    if (!session || session.turn !== this.turn || session.isRetrying) return CANCELLED;
    session.recoveries = 0;
    session.replanner.forgive();
    session.isRetrying = true;
    const changed = await this.change(session, session.replanner.chosen);
    session.isRetrying = false;
    return changed;
  }

  /**
   * Goes on with the model and the plan that are in force now, another configuration of the same model: the source keeps
   * running, and so does what ran until its successor's workers are open.
   */
  async redeploy(): Promise<Result<null>> {
    const { session } = this;
    if (!session || session.turn !== this.turn) return CANCELLED;
    const { cores } = await this.host.capabilities();
    session.recoveries = 0;
    session.replanner = this.replannerFor(session.source, cores);
    return this.change(session, session.replanner.chosen);
  }

  /** Has these at hand, for `redeploy`; what was at hand before and is not among them no longer is. */
  async standBy(plans: readonly StandBy[]): Promise<void> {
    const { session } = this;
    const isOver = (): boolean => session !== this.session || session?.turn !== this.turn;
    await session?.workers.standBy(plans, (work) =>
      this.inTurn(() => (isOver() ? Promise.resolve() : work())),
    );
  }

  /** Ends what runs, or what is about to. */
  async stop(): Promise<void> {
    this.turn += 1;
    // At once, whatever the workers do: the camera's light goes off.
    this.shown?.stop();
    await this.inTurn(() => this.end());
  }

  private replannerFor({ fps }: FrameSource, cores: number): Replanner {
    const { plan: report, model, profile } = this.host.store.getState();
    const units = model?.description.forms.deploy.units ?? [];
    return new Replanner(report && { report, units, profile, cores, sourceFps: fps });
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.last.then(work);
    this.last = next.catch(() => undefined);
    return next;
  }

  private async end(): Promise<void> {
    const { shown, session } = this;
    this.shown = null;
    this.session = null;
    shown?.stop();
    await this.endRun();
    await session?.workers.clear();
    if (this.host.store.getState().live.status !== 'off') this.host.store.setState({ live: LIVE_OFF });
  }

  /** Ends what runs; its workers keep what they hold. */
  private async endRun(): Promise<void> {
    const { running } = this;
    this.running = null;
    await running?.run?.stop();
  }

  /** Changes to another course; a failure on the way is one of the processors. */
  private async change(session: Session, course: Course): Promise<Result<null>> {
    const begun = await this.inTurn(() => this.begin(session, course));
    return begun.ok ? begun : this.recover(session, begun.error);
  }

  private async begin(session: Session, { entry, detour }: Course): Promise<Result<null>> {
    const { turn, source, meter, workers, replanner } = session;
    const { model } = this.host.store.getState();
    if (turn !== this.turn) return CANCELLED;
    if (!model) return err({ code: 'model-missing' });
    const units = model.description.forms.deploy.units.length;
    const seating = entry ? seat(entry, workers.open) : wholeModel(await this.firstWasm(), units);
    // While this opens what is missing, what runs goes on.
    const seated = await workers.seat(seating);
    if (!seated.ok) return seated;
    if (turn !== this.turn) return CANCELLED;
    await this.endRun();
    this.running = { ...seated.value, run: null };
    const { segments } = this.host;
    const { manifest, configuration } = model;
    const of = configuration === null ? manifest.id : networkOf({ model: manifest.id, configuration });
    const loaded = await workers.load(seated.value, { segments, of });
    if (!loaded.ok) return loaded;
    if (turn !== this.turn) return CANCELLED;
    const checked = await this.numericCheck.check({ entry, loaded: loaded.value, model, segments, source });
    if (!checked.ok) return checked;
    let hasFailed = false;
    const run = await LiveRun.start({
      source,
      plan: loaded.value,
      imageInput: model.manifest.input,
      predicted: entry && predictLive(entry, source.fps),
      meter,
      onFault: (error) => this.host.report(error),
      onSpans: (spans, at) => {
        replanner.see(spans, at);
        this.observer?.sees(spans, at);
      },
      onUpdate: (update) => this.update(session, update),
      onRest: (isResting) => {
        replanner.rests();
        this.set({ isResting });
      },
      onFailure: (error, culprit) => {
        // Every frame in flight reports the same failure.
        if (!hasFailed) void this.recover(session, error, culprit);
        hasFailed = true;
      },
    });
    if (!run.ok) return run;
    this.running = { ...seated.value, run: run.value };
    replanner.begins(entry);
    this.observer?.begins();
    if (turn === this.turn) this.set({ status: 'on', plan: entry, detour, isResting: false, traces: [] });
    return ok(null);
  }

  private async firstWasm(): Promise<ProcessorId> {
    const processors = defaultProcessors(await this.host.capabilities());
    return processors.find((id) => id !== 'webgpu') ?? 'wasm:1';
  }

  /** A stage failed, or could not begin: say so, and go on with what is left while the source keeps running. */
  private async recover(session: Session, error: AppError, culprit?: StageClient): Promise<Result<null>> {
    if (session.turn !== this.turn) return CANCELLED;
    const isHopeless = !isOfProcessors(error) || ++session.recoveries > MOST_RECOVERIES;
    if (isHopeless) return this.refuse(session.turn, error);
    this.host.report(error);
    const again = await this.inTurn(async () => {
      if (session.turn !== this.turn) return CANCELLED;
      const { clients = [], seats = [] } = this.running ?? {};
      // First of all: an engine whose GPU is lost may never answer again.
      for (const { worker } of uselessOf(error, culprit, clients)) worker.terminate();
      // Who hangs is found out by that.
      await this.running?.run?.stop();
      const { workers, replanner } = session;
      const dead = seats.filter((_, i) => clients[i]?.worker.hasFailed);
      const lost = workers.lose(error, dead);
      return this.begin(session, replanner.without(lost.map(placeOf), workers.open.map(placeOf)));
    });
    return again.ok ? again : this.recover(session, again.error);
  }

  /** Ends this turn with a failure; without effect once another one has begun. */
  private async refuse(turn: number, error: AppError): Promise<Result<never>> {
    if (turn === this.turn) {
      await this.stop();
      this.host.report(error);
    }
    return err(error);
  }

  private update(session: Session, { top, sample, traces }: LiveUpdate): void {
    const { history } = this.host.store.getState().live;
    this.set({ top, figures: sample, traces, history: [...history, sample].slice(-HISTORY) });
    this.observer?.updates(sample, session.source.fps);
    // Two that change the course at once would undo each other's.
    const isGoverned = this.host.store.getState().live.governor !== null;
    const course = isGoverned ? null : session.replanner.look(performance.now());
    if (course) void this.change(session, course);
  }

  private set(part: Partial<LiveState>): void {
    this.host.store.setState({ live: { ...this.host.store.getState().live, ...part } });
  }
}
