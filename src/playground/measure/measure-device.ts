/**
 * @file Use case "measure this device": visits the steps of a quick or a full profile in rounds and gathers the profile.
 * Rounds spread the samples of a ceiling over the whole measurement, so that its interval knows the machine's slow drift,
 * and those of the intensity sweep; other points of sweeps are visited once, between the rounds. A metric that cannot be measured is in the profile with its
 * reason; only cancelling yields no profile at all.
 */
import type { AppError } from '../../core/errors.ts';
import { messageOf } from '../../core/messages.ts';
import type { DeviceProfile, Effort, Metric, ProcessorId } from '../../core/profile/profile.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Capabilities } from '../../platform/capabilities.ts';
import { CrashMarker, type Blamed } from '../../platform/crash-marker.ts';
import { pageVisibility, type Visibility } from '../../platform/visibility.ts';
import {
  BenchWorkers,
  FULL,
  POINT,
  QUICK,
  type ProtocolPorts,
  type ProtocolSettings,
} from '../../workers/bench.client.ts';
import { besideSteps } from './beside-steps.ts';
import { gpuSteps, type Steps } from './gpu-steps.ts';
import { protocolPorts } from './page-ports.ts';
import type { MeasureStep } from './step.ts';
import { wasmSteps } from './wasm-steps.ts';

export interface MeasureProgress {
  /** The step in plain words. */
  readonly step: string;
  /** 0…1. */
  readonly progress: number;
  /** A visitor must see it at once. */
  readonly isUrgent?: boolean;
}

export interface MeasureOptions {
  readonly capabilities: Capabilities;
  readonly effort: Effort;
  /** Thread counts of the WASM groups to measure, for instance [1, 2]. */
  readonly threads: readonly number[];
  /** Processors that a plan would let work at once: each is measured beside each other. */
  readonly together: readonly ProcessorId[];
  /** Aborting terminates the workers at once. */
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: MeasureProgress) => void;
  /** No visit begins after this, but for those of the first round; as the effort has it unless told. */
  readonly seconds?: number;
  /** For tests of faults. */
  readonly ports?: Partial<Ports>;
}

/** What a measurement needs of the page; injected so that tests can hide it, break it and look on. */
export interface Ports {
  readonly visibility: Visibility;
  readonly marker: CrashMarker;
  readonly workers: BenchWorkers;
  /** Which steps to take. */
  readonly only: (step: MeasureStep) => boolean;
}

interface EffortPlan {
  readonly settings: ProtocolSettings;
  /** Of the first visit: with a second one there are enough (`few-samples`), however slow the device. */
  readonly firstSamples: number;
  readonly mostRounds: number;
  /** Ceilings that are settled by then are left alone in later rounds. */
  readonly settledRounds: number;
  /** No point of a sweep begins after this: the rest is left out, and said so. */
  readonly pointSeconds: number;
  /** No visit begins after this; the first round is taken whatever it needs. */
  readonly seconds: number;
}

/** METHOD §2: quick ≤ 10 s, full ≤ 45 s, with what the last visit and the chart take. */
const EFFORTS: Readonly<Record<Effort, EffortPlan>> = {
  quick: { settings: QUICK, firstSamples: 3, mostRounds: 8, settledRounds: 2, pointSeconds: 7, seconds: 8.6 },
  full: { settings: FULL, firstSamples: 3, mostRounds: 3, settledRounds: 2, pointSeconds: 32, seconds: 42 },
};
/** How often a step is begun again with a new GPU. */
const MOST_LOSSES = 2;
/** A processor whose workers hung or died as often is left alone: each time costs many seconds. */
const MOST_DEATHS = 2;

/** The sweeps by what they tell: knees, the plateaus of copies, the rest. */
const rankOf = ({ id }: MeasureStep): number =>
  id.includes('.intensity@') ? 0 : id.includes('.copy@') ? 1 : 2;

/** Every step of a profile. Each pair of `together` is measured both ways; two alike need it once. */
function stepsOf({ capabilities, effort, threads, together }: MeasureOptions): Steps {
  const gpu = gpuSteps(capabilities, effort);
  const wasm = wasmSteps(capabilities, threads, effort);
  const pairs = together.flatMap((processor, i) =>
    together.flatMap((other, j) => (i === j ? [] : [`${processor} ${other}`])),
  );
  const beside = [...new Set(pairs)].flatMap((pair) => {
    const [processor, other] = pair.split(' ') as [ProcessorId, ProcessorId];
    return besideSteps(processor, other, capabilities, gpu.arithmetic);
  });
  return {
    ceilings: [...gpu.ceilings, ...wasm.ceilings, ...beside],
    // Where time runs out, the knees are there, then the caches.
    points: [...wasm.points, ...gpu.points].toSorted((a, b) => rankOf(a) - rankOf(b)),
  };
}

/** How a step stands when no figure can be had of it. */
interface Verdict {
  readonly status: 'unsupported' | 'skipped' | 'error';
  readonly reason: string;
}

const NO_TIME: Verdict = { status: 'skipped', reason: 'There was no time left for it.' };
const BLAME: Readonly<Record<Blamed['why'], string>> = {
  crashed: 'It closed this tab the last time, so it is left out.',
  hung: 'It did not answer the last time, so it is left out.',
};

class Measurement {
  private readonly options: MeasureOptions;
  private readonly ports: Ports;
  private readonly protocolPorts: ProtocolPorts;
  private readonly verdicts = new Map<MeasureStep, Verdict>();
  private readonly startedAt = performance.now();
  private hiddenMs = 0;
  private hiddenAt: number | null = null;
  private losses = 0;
  private readonly deaths = new Map<ProcessorId, number>();
  private visits = 0;
  private expected = 1;
  private progress: MeasureProgress = { step: 'Starting', progress: 0 };

  constructor(options: MeasureOptions) {
    const {
      visibility = pageVisibility(),
      marker = new CrashMarker(),
      workers = new BenchWorkers(),
      only = () => true,
    } = options.ports ?? {};
    this.options = options;
    this.ports = { visibility, marker, workers, only };
    this.protocolPorts = protocolPorts(visibility);
  }

  async run(): Promise<Result<DeviceProfile>> {
    const { signal } = this.options;
    const { marker, workers } = this.ports;
    const onAbort = (): void => workers.close();
    // A page that is left in peace did not crash.
    const onLeave = (): void => marker.end();
    signal.addEventListener('abort', onAbort);
    window.addEventListener('pagehide', onLeave);
    const stopWatching = this.ports.visibility.onChange((isHidden) => this.tellPause(isHidden));
    try {
      const { ceilings, points } = stepsOf(this.options);
      const { only } = this.ports;
      const steps = { ceilings: ceilings.filter(only), points: points.filter(only) };
      await this.judge([...steps.ceilings, ...steps.points]);
      const done = await this.visitAll(steps);
      return done.ok ? ok(this.profile([...steps.ceilings, ...steps.points])) : done;
    } finally {
      signal.removeEventListener('abort', onAbort);
      window.removeEventListener('pagehide', onLeave);
      stopWatching();
      workers.close();
      marker.end();
    }
  }

  /** Which steps are out before anything runs. */
  private async judge(steps: readonly MeasureStep[]): Promise<void> {
    const blamed = new Map((await this.ports.marker.blamed()).map(({ step, why }) => [step, why]));
    for (const step of steps) {
      const { unsupported } = step.parts;
      const why = blamed.get(step.id);
      if (unsupported !== null) this.verdicts.set(step, { status: 'unsupported', reason: unsupported });
      else if (why) this.verdicts.set(step, { status: 'skipped', reason: BLAME[why] });
    }
  }

  private async visitAll({ ceilings, points }: Steps): Promise<Result<null>> {
    const { effort, seconds = EFFORTS[effort].seconds } = this.options;
    const { mostRounds, settledRounds, pointSeconds, settings, firstSamples } = EFFORTS[effort];
    const knees = points.filter((step) => rankOf(step) === 0);
    this.expected = settledRounds * ceilings.length + points.length + knees.length;
    const first = await this.visitEach(ceilings, { ...settings, samples: firstSamples }, Infinity);
    if (!first.ok) return first;
    // The sweeps lie between the first two rounds.
    const swept = await this.visitEach(points, POINT, pointSeconds);
    if (!swept.ok) return swept;
    for (const point of points) {
      if (!point.wasVisited && !this.verdicts.has(point)) this.verdicts.set(point, NO_TIME);
    }
    for (let round = 1; round < mostRounds; round++) {
      const again = await this.visitEach(knees, POINT, seconds);
      if (!again.ok) return again;
      const left = ceilings.filter((step) => round < settledRounds || !step.isSettled);
      const visited = await this.visitEach(left, settings, seconds);
      if (!visited.ok) return visited;
    }
    return ok(null);
  }

  private async visitEach(
    steps: readonly MeasureStep[],
    settings: ProtocolSettings,
    until: number,
  ): Promise<Result<null>> {
    const { signal, onProgress } = this.options;
    for (const step of steps) {
      if (signal.aborted) return err({ code: 'cancelled' });
      if (this.seconds > until) break;
      this.progress = { step: step.parts.label, progress: Math.min(1, this.visits++ / this.expected) };
      onProgress?.(this.progress);
      if (!this.verdicts.has(step)) await this.visit(step, settings);
    }
    return signal.aborted ? err({ code: 'cancelled' }) : ok(null);
  }

  /** One visit; after a loss of the GPU another, with a new one. */
  private async visit(step: MeasureStep, settings: ProtocolSettings): Promise<void> {
    const { signal } = this.options;
    const { marker, workers } = this.ports;
    if ((this.deaths.get(step.parts.processor) ?? 0) >= MOST_DEATHS) {
      this.settle(step, { status: 'error', reason: 'Its worker stopped answering before.' });
      return;
    }
    marker.begin(step.id);
    const group = step.groupOf(workers);
    const visited = await step.visit(workers, { settings, signal, ports: this.protocolPorts });
    if (visited.ok || signal.aborted) return;
    const { error } = visited;
    if (error.code === 'device-lost' && ++this.losses <= MOST_LOSSES) {
      workers.restartGpu();
      step.restart('device-lost');
      return this.visit(step, settings);
    }
    if (group.hasFailed) {
      marker.blame(step.id, 'hung');
      this.deaths.set(step.parts.processor, (this.deaths.get(step.parts.processor) ?? 0) + 1);
    }
    this.settle(step, verdictOf(error));
  }

  /** A step that failed is not taken again; what it found before stands. */
  private settle(step: MeasureStep, verdict: Verdict): void {
    if (!step.wasVisited) this.verdicts.set(step, verdict);
  }

  /** A visitor who comes back sees why it took longer; the pause takes nothing of the time there is. */
  private tellPause(isHidden: boolean): void {
    const now = performance.now();
    if (isHidden) this.hiddenAt = now;
    else if (this.hiddenAt !== null) {
      this.hiddenMs += now - this.hiddenAt;
      this.hiddenAt = null;
    }
    const step = isHidden ? 'Paused: this tab is hidden' : this.progress.step;
    this.options.onProgress?.({ ...this.progress, step, isUrgent: true });
  }

  /** Since the start, while the page could be seen. */
  private get seconds(): number {
    return (performance.now() - this.startedAt - this.hiddenMs) / 1000;
  }

  private profile(steps: readonly MeasureStep[]): DeviceProfile {
    const { browser, adapter, cores, crossOriginIsolated } = this.options.capabilities;
    return {
      format: 'ridgepoint-profile',
      version: 1,
      name: `${browser}, ${cores} cores`,
      date: new Date().toISOString(),
      environment: { browser, adapter, cores, crossOriginIsolated },
      effort: this.options.effort,
      seconds: Number(this.seconds.toFixed(2)),
      metrics: steps.flatMap((step) => this.metricsOf(step)),
    };
  }

  private metricsOf(step: MeasureStep): readonly Metric[] {
    const verdict = this.verdicts.get(step);
    return verdict ? step.without(verdict.status, verdict.reason) : step.result();
  }
}

const verdictOf = (error: AppError): Verdict => ({
  status: error.code === 'webgpu-unavailable' ? 'unsupported' : 'error',
  // A compiler's message may be long; a profile keeps a line of it.
  reason: messageOf(error).what.split('\n', 1)[0]?.slice(0, 200) ?? '',
});

/** Measures the device. Errors: `cancelled`. */
export async function measureDevice(options: MeasureOptions): Promise<Result<DeviceProfile>> {
  if (options.signal.aborted) return err({ code: 'cancelled' });
  const profile = await new Measurement(options).run();
  // Workers give back half a gigabyte as they end: what the page draws next would wait for it.
  if (profile.ok) await new Promise((done) => setTimeout(done, 100));
  return profile;
}
