/**
 * @file What a step of a measurement is: it runs kernels on the workers of one processor and yields metrics. A step is
 * visited several times (bench/protocol.ts); what it found so far is kept here.
 */
import type { Metric, MetricKind, MetricWarning, ProcessorId } from '../../core/profile/profile.ts';
import {
  gigaRates,
  measured,
  missing,
  type MetricDetails,
  type MetricIdentity,
} from '../../core/roofline/metric.ts';
import { ok, type Result } from '../../core/result.ts';
import { median } from '../../core/stats.ts';
import type { BenchRequest } from '../../workers/bench.api.ts';
import {
  isSettled,
  PROBE,
  warningsOf,
  type BenchGroup,
  type BenchWorkers,
  type KernelMeasurement,
  type Visiting,
} from '../../workers/bench.client.ts';

/** What the steps of one processor have in common. */
export interface SharedParts {
  readonly processor: ProcessorId;
  readonly warnings: readonly MetricWarning[];
  /** Why this browser cannot run it, or null. */
  readonly unsupported: string | null;
}

/** One of the kernels of a step. */
export type Probe = (
  group: BenchGroup,
  visiting: Visiting,
  earlier: KernelMeasurement | null,
) => Promise<Result<KernelMeasurement>>;

export interface StepParts extends SharedParts {
  /** Plain words for the progress display. */
  readonly label: string;
  readonly metrics: readonly MetricIdentity[];
  /** Its kernels, measured one after another. */
  readonly probes: readonly Probe[];
  /** The metrics, in their order, of one measurement a probe. */
  readonly summarise: (found: readonly KernelMeasurement[]) => readonly Metric[];
  /** Visited once, with its own settings: one point of a sweep. */
  readonly isPoint?: boolean;
  /** What another processor does meanwhile. */
  readonly beside?: { readonly processor: ProcessorId; readonly request: () => BenchRequest };
  /** The workers that measure, where they are not the processor's own. */
  readonly group?: (workers: BenchWorkers) => BenchGroup;
}

export class MeasureStep {
  readonly parts: StepParts;
  private found: readonly KernelMeasurement[] = [];
  private warnings: readonly MetricWarning[];

  constructor(parts: StepParts) {
    this.parts = parts;
    this.warnings = parts.warnings;
  }

  /** Names the step where a crash is remembered. */
  get id(): string {
    return this.parts.metrics[0]?.id ?? this.parts.label;
  }

  get wasVisited(): boolean {
    return this.found.length > 0;
  }

  /** More visits would hardly change its figures. */
  get isSettled(): boolean {
    return this.found.length > 0 && this.found.every(isSettled);
  }

  /** Some more samples of each kernel. Elements are checked at the first visit. */
  async visit(workers: BenchWorkers, visiting: Omit<Visiting, 'verify'>): Promise<Result<null>> {
    const { processor, beside, probes } = this.parts;
    const group = this.groupOf(workers);
    const load = beside
      ? await workers.group(beside.processor, skipFor(processor, beside.processor)).keepBusy(beside.request())
      : null;
    if (load && !load.ok) return load;
    const found: KernelMeasurement[] = [];
    let failure: Result<never> | null = null;
    for (const [i, probe] of probes.entries()) {
      const earlier = this.found[i] ?? null;
      const more = await probe(group, { ...visiting, verify: earlier === null }, earlier);
      if (!more.ok) {
        failure = more;
        break;
      }
      found.push(more.value);
    }
    const rested = load ? await load.value.rest() : ok(null);
    if (failure) return failure;
    if (!rested.ok) return rested;
    this.found = found;
    return ok(null);
  }

  /** The workers this step measures on. */
  groupOf(workers: BenchWorkers): BenchGroup {
    return this.parts.group?.(workers) ?? workers.group(this.parts.processor);
  }

  /** Begins again: what it found stands no longer, and why is said. */
  restart(warning: MetricWarning): void {
    this.found = [];
    this.warnings = [...new Set([...this.warnings, warning])];
  }

  /** The metrics as of the visits so far; without one they are errors. */
  result(): readonly Metric[] {
    if (this.found.length < this.parts.probes.length) return this.without('error', 'it was not measured');
    return this.parts
      .summarise(this.found)
      .map((metric) =>
        metric.status === 'ok' ? { ...metric, warnings: [...this.warnings, ...metric.warnings] } : metric,
      );
  }

  without(status: 'unsupported' | 'skipped' | 'error', reason: string): readonly Metric[] {
    return this.parts.metrics.map((metric) => missing(metric, status, reason));
  }
}

/** Threads that the other one leaves alone: two WASM processors at once need workers of their own. */
const skipFor = (processor: ProcessorId, other: ProcessorId): number =>
  processor === 'webgpu' || other === 'webgpu' ? 0 : Number(processor.slice('wasm:'.length));

interface IdentityParts {
  /** Of a transfer, `.latency` or `.bandwidth`. */
  readonly suffix?: string;
  readonly threads?: number;
  /** Of one point of a sweep over working sets. */
  readonly sizeBytes?: number;
  readonly operationalIntensity?: number;
  readonly beside?: ProcessorId;
}

/** A metric's identity; its id is built as profile.ts says. */
export function identity(
  processor: Metric['processor'],
  type: string,
  kind: MetricKind,
  { suffix = '', threads = 1, sizeBytes, operationalIntensity, beside }: IdentityParts = {},
): MetricIdentity {
  const point = sizeBytes ?? operationalIntensity;
  const at = point === undefined ? '' : `@${point}`;
  return {
    id: `${processor}.${type}${suffix}${at}${beside === undefined ? '' : `&${beside}`}`,
    processor,
    kind,
    type,
    threads,
    ...(operationalIntensity === undefined ? {} : { operationalIntensity }),
    ...(beside === undefined ? {} : { beside }),
  };
}

/** Median seconds an iteration; infinite where no sample was valid. */
export const secondsOf = (measurement: KernelMeasurement): number =>
  median(measurement.secondsPerIteration) ?? Infinity;

/** What a metric keeps of a measurement besides its samples. */
export function detailsOf(measurement: KernelMeasurement): MetricDetails {
  const { shape, isSmaller } = measurement;
  return { shape, warnings: [...warningsOf(measurement), ...(isSmaller ? (['smaller-size'] as const) : [])] };
}

/** A rate in the unit of its kind: FLOP or bytes of an iteration over its seconds, by wall clock and by timestamps. */
export function rateMetric(
  metric: MetricIdentity,
  measurement: KernelMeasurement,
  details: MetricDetails = {},
): Metric {
  const { flopPerIteration, bytesPerIteration, workingSetBytes, secondsPerIteration } = measurement;
  const work = metric.kind === 'compute' ? flopPerIteration : bytesPerIteration;
  const gpuRates = gigaRates(measurement.gpuSecondsPerIteration, work);
  const gpuMedian = median(gpuRates);
  return measured(metric, gigaRates(secondsPerIteration, work), {
    ...detailsOf(measurement),
    ...(metric.kind === 'bandwidth' || metric.operationalIntensity !== undefined
      ? { sizeBytes: workingSetBytes }
      : {}),
    ...(gpuMedian === null ? {} : { timestamp: { median: gpuMedian, n: gpuRates.length } }),
    ...details,
  });
}

/** Seconds an iteration. */
export const latencyMetric = (
  metric: MetricIdentity,
  measurement: KernelMeasurement,
  details: MetricDetails = {},
): Metric => measured(metric, measurement.secondsPerIteration, { ...detailsOf(measurement), ...details });

/** The probe of one kernel. */
export const kernelProbe =
  (request: BenchRequest): Probe =>
  (group, visiting, earlier) =>
    group.measure(request, visiting, earlier);

/** A step of one kernel and one rate. */
export function rateStep(
  label: string,
  metric: MetricIdentity,
  request: BenchRequest,
  parts: SharedParts & Pick<StepParts, 'isPoint' | 'beside' | 'group'>,
): MeasureStep {
  return new MeasureStep({
    ...parts,
    label,
    metrics: [metric],
    probes: [kernelProbe(request)],
    summarise: (found) => found.map((each) => rateMetric(metric, each)),
  });
}

/** A step of one kernel whose iteration is what is wanted. */
export function latencyStep(
  label: string,
  metric: MetricIdentity,
  request: BenchRequest,
  shared: SharedParts,
): MeasureStep {
  return new MeasureStep({
    ...shared,
    label,
    metrics: [metric],
    probes: [kernelProbe(request)],
    summarise: (found) => found.map((each) => latencyMetric(metric, each)),
  });
}

/** A shape that was tried, and how fast it was. */
export interface Tried<Request extends BenchRequest> {
  readonly request: Request;
  readonly shape: string;
  readonly flopPerSecond: number;
}

/** The fastest of several shapes of a kernel. They are tried at its first visit, and what was found is kept. */
export class ShapeSearch<Request extends BenchRequest> {
  tried: readonly Tried<Request>[] = [];
  private readonly requests: readonly [Request, ...Request[]];
  private readonly tune: (best: Tried<Request>) => Request;
  private best: Request | null = null;

  /** `tune` may change what is measured once the fastest shape is known. */
  constructor(requests: readonly [Request, ...Request[]], tune: (best: Tried<Request>) => Request) {
    this.requests = requests;
    this.tune = tune;
  }

  /** The shape in force; the first one before any was tried. */
  get chosen(): Request {
    return this.best ?? this.requests[0];
  }

  readonly probe: Probe = async (group, visiting, earlier) => {
    if (this.best === null || earlier === null) {
      const searched = await this.search(group, visiting);
      if (!searched.ok) return searched;
    }
    return group.measure(this.chosen, visiting, earlier);
  };

  /** A shape that computes wrongly has lost; any other failure ends the search. */
  private async search(group: BenchGroup, visiting: Visiting): Promise<Result<null>> {
    const tried: Tried<Request>[] = [];
    let failure: Result<never> | null = null;
    for (const request of this.requests) {
      const probe = await group.measure(request, { ...visiting, settings: PROBE, verify: true });
      if (probe.ok) {
        const { shape, flopPerIteration } = probe.value;
        const flopPerSecond = flopPerIteration / secondsOf(probe.value);
        // Without a valid sample there is no rate.
        if (flopPerSecond > 0) tried.push({ request, shape, flopPerSecond });
      } else {
        failure = probe;
        if (probe.error.code !== 'kernel-wrong') return probe;
      }
    }
    this.tried = tried.toSorted((a, b) => b.flopPerSecond - a.flopPerSecond);
    const [best] = this.tried;
    if (!best) return failure ?? ok(null);
    this.best = this.tune(best);
    return ok(null);
  }
}
