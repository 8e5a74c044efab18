/**
 * @file Use case: calibrate the cost model on this device. The fixed networks of core/cost/calibration-models run in the real
 * engine, as a whole and under its profiler, and what their layers took becomes a `Calibration` a processor, for the device
 * profile. A processor that is too slow for the larger networks is calibrated by the smaller ones alone, and its classes say by
 * how many layers.
 */
import { fitCalibration, type Observation } from '../core/cost/calibration.ts';
import {
  calibrationModels,
  idleModel,
  PACE,
  type CalibrationModel,
} from '../core/cost/calibration-models.ts';
import { coldnessOf } from '../core/cost/features.ts';
import { layerSeconds } from '../core/cost/layer-times.ts';
import type { Layer } from '../core/graph/layers.ts';
import { byteCount, elementCount } from '../core/graph/model.ts';
import { serializeModel } from '../core/onnx/serialize.ts';
import { residencySeconds, type Transfers } from '../core/planning/transfer.ts';
import type { Calibration, ProcessorId } from '../core/profile/profile.ts';
import { randomTensor } from '../core/random.ts';
import { err, ok, type Result } from '../core/result.ts';
import { lowerQuartile } from '../core/stats.ts';
import type { StageClient } from '../workers/stage.client.ts';

export interface CalibrationRequest {
  /** Open and idle; equal processors are calibrated once. */
  readonly clients: readonly StageClient[];
  /** What the planner adds to a stage by itself, and a calibration must therefore not hold. */
  readonly transfers: Transfers;
  readonly signal: AbortSignal;
  readonly onProgress: (step: string, progress: number | null) => void;
  /** Seconds a processor, sessions included; if left out, 3.5, which leaves the profiles time to be read within 5. */
  readonly budgetSeconds?: number;
}

/** Our own engine tells what the layers of a model take in less time than a calibration needs. */
const ENGINE = 'ort';

const BUDGET_SECONDS = 3.5;
/**
 * Runs of a network at a time, after one that brings back what other networks have driven out of the caches: as many as take this
 * long, and at least so many. Networks take turns, so that the samples of each span the budget: a machine that others share is
 * slow for seconds on end.
 */
const [TURN_SECONDS, LEAST_TURN_RUNS] = [0.025, 2];
/** Watched runs of a turn, and in all: the engine takes long to print what it watched. */
const [WATCHED_RUNS, MOST_WATCHED_RUNS] = [20, 80];
/** A run this long does not feel the profiler, and is not timed without it. */
const UNWATCHED_SECONDS = 0.004;
/**
 * Share of the budget that warming up a network may take: engines compile a second time what runs often, and the runs before
 * that are several times slower.
 */
const WARM_UP_SHARE = 0.025;
/** Runs that a network costs at the very least: two when it is loaded, three of its turn, and sessions. */
const LEAST_RUNS = 7;

/** One entry a different processor, in their order. */
export async function calibrate(request: CalibrationRequest): Promise<Result<readonly Calibration[]>> {
  const { clients, signal, onProgress, transfers, budgetSeconds = BUDGET_SECONDS } = request;
  const found = new Map<ProcessorId, Calibration>();
  for (const [i, client] of clients.entries()) {
    if (found.has(client.processor)) continue;
    const run = new CalibrationRun(client, transfers, budgetSeconds, signal, (share) =>
      onProgress(`Calibrating ${client.processor}`, (i + share) / clients.length),
    );
    const calibrated = await run.all();
    await run.end();
    // A worker that was ended to cancel answers with a failure of its own.
    if (signal.aborted) return err({ code: 'cancelled' });
    if (!calibrated.ok) return calibrated;
    found.set(client.processor, calibrated.value);
  }
  return ok([...found.values()]);
}

interface Network extends CalibrationModel {
  /** What its time is taken of, and what the profiler watches; the same where that makes no difference. */
  readonly segment: string;
  readonly watched: string;
  readonly values: Float32Array<ArrayBuffer>;
  /** Seconds of a run when it was last warmed up. */
  readonly runSeconds: number;
  /** Seconds of each run of `segment`. */
  readonly samples: number[];
  watchedRuns: number;
}

class CalibrationRun {
  private readonly client: StageClient;
  private readonly transfers: Transfers;
  private readonly budgetSeconds: number;
  private readonly signal: AbortSignal;
  private readonly onShare: (share: number) => void;
  private readonly startedAt = performance.now();
  private readonly segments: string[] = [];

  constructor(
    client: StageClient,
    transfers: Transfers,
    budgetSeconds: number,
    signal: AbortSignal,
    onShare: (share: number) => void,
  ) {
    this.client = client;
    this.transfers = transfers;
    this.budgetSeconds = budgetSeconds;
    this.signal = signal;
    this.onShare = onShare;
  }

  async all(): Promise<Result<Calibration>> {
    const networks = await this.openAll();
    if (!networks.ok) return networks;
    const idle = await this.open(idleModel());
    if (!idle.ok) return idle;
    // The largest first: they bring the engine to its pace, which the smallest need most.
    const turns = [idle.value, ...networks.value].toReversed();
    for (let turn = 0; turn < turns.length || this.spent() < this.budgetSeconds; turn++) {
      const network = turns[turn % turns.length];
      if (this.signal.aborted || !network) return err({ code: 'cancelled' });
      const done = await this.takeTurn(network);
      if (!done.ok) return done;
      this.onShare(Math.min(1, this.spent() / this.budgetSeconds));
    }
    const runSeconds = this.secondsOf(idle.value);
    const observations: Observation[] = [];
    for (const network of networks.value) {
      const times = await this.client.worker.call((remote) => remote.endProfile(network.watched));
      if (!times.ok) return times;
      const layers = layerSeconds(network.layers, times.value) ?? [];
      observations.push(...observationsOf(network.layers, layers, this.secondsOf(network), runSeconds));
    }
    const pace = networks.value.find(({ name }) => name === PACE) ?? idle.value;
    const facts = { paceSeconds: this.secondsOf(pace), runSeconds, seconds: this.spent() };
    return ok(fitCalibration(this.client.processor, observations, facts));
  }

  /** Frees what was loaded. */
  async end(): Promise<void> {
    for (const segment of this.segments) await this.client.worker.call((remote) => remote.unload(segment));
  }

  private spent(): number {
    return (performance.now() - this.startedAt) / 1000;
  }

  /** The networks that there is time for, the smallest first, each loaded and warmed up. */
  private async openAll(): Promise<Result<readonly Network[]>> {
    const networks: Network[] = [];
    /** The least seconds a FLOP so far. */
    let pace = Infinity;
    for (const model of calibrationModels()) {
      if (this.signal.aborted) return err({ code: 'cancelled' });
      // A processor that is too slow for a network stops before it, not in it.
      const isNeeded = networks.length === 0 || model.name === PACE;
      if (!isNeeded && LEAST_RUNS * pace * flopOf(model) > this.budgetSeconds - this.spent()) break;
      const opened = await this.open(model);
      if (!opened.ok) return opened;
      networks.push(opened.value);
      pace = Math.min(pace, opened.value.runSeconds / flopOf(model));
    }
    return ok(networks);
  }

  private async open(model: CalibrationModel): Promise<Result<Network>> {
    const [watched, alone] = [`calibration ${model.name}`, `calibration ${model.name} alone`];
    const bytes = serializeModel(model.model);
    const values = randomTensor(elementCount(model.input.shape), 1);
    const { worker } = this.client;
    const profiled = await worker.call((remote) => remote.loadProfiled(watched, bytes, ENGINE));
    if (!profiled.ok) return profiled;
    this.segments.push(watched);
    const warmUpSeconds = this.budgetSeconds * WARM_UP_SHARE;
    const timed = await worker.call((remote) => remote.time(watched, values, 1, warmUpSeconds));
    if (!timed.ok) return timed;
    const runSeconds = Math.min(...timed.value);
    const none = { samples: [], watchedRuns: 0 };
    const opened: Network = { ...model, segment: watched, watched, values, runSeconds, ...none };
    if (runSeconds > UNWATCHED_SECONDS) return ok(opened);
    const loaded = await worker.call((remote) => remote.load(alone, bytes, ENGINE));
    if (!loaded.ok) return loaded;
    this.segments.push(alone);
    return ok({ ...opened, segment: alone });
  }

  private async takeTurn(network: Network): Promise<Result<null>> {
    const { segment, watched, runSeconds, samples, watchedRuns } = network;
    const timed = await this.time(network, segment, Math.max(LEAST_TURN_RUNS, TURN_SECONDS / runSeconds));
    if (!timed.ok) return timed;
    samples.push(...timed.value);
    if (segment === watched || watchedRuns >= MOST_WATCHED_RUNS) return ok(null);
    const profiled = await this.time(network, watched, Math.min(WATCHED_RUNS, TURN_SECONDS / runSeconds));
    if (profiled.ok) network.watchedRuns += profiled.value.length;
    return profiled.ok ? ok(null) : profiled;
  }

  /** Seconds of each run but one before. */
  private async time({ values }: Network, segment: string, runs: number): Promise<Result<readonly number[]>> {
    const { worker } = this.client;
    const first = await worker.call((remote) => remote.time(segment, values, 1, 0));
    return first.ok ? worker.call((remote) => remote.time(segment, values, Math.ceil(runs), 0)) : first;
  }

  /** Seconds a run of the whole network, without the transfers that the planner adds itself. */
  private secondsOf({ samples, input, output }: Network): number {
    const whole = lowerQuartile(samples) ?? 0;
    const [into, outOf] = [byteCount(input), byteCount(output)];
    const moved = residencySeconds(this.client.processor, into, outOf, this.transfers);
    // Measured apart, the two can contradict each other.
    return Math.max(0.1 * whole, whole - moved);
  }
}

const flopOf = ({ layers }: CalibrationModel): number => layers.reduce((sum, { flop }) => sum + flop, 0);

/** Layers add up to the whole less what any run costs, as in `measuredTable`; none where the profile says nothing. */
function observationsOf(
  layers: readonly Layer[],
  seen: readonly number[],
  total: number,
  runSeconds: number,
): readonly Observation[] {
  const sum = seen.reduce((all, seconds) => all + seconds, 0);
  if (sum === 0) return [];
  // Measured apart, the two can contradict each other where the machine is busy.
  const scale = Math.max(0.5 * total, total - runSeconds) / sum;
  const coldness = coldnessOf(layers);
  return layers.map((layer, i) => ({ layer, coldness, seconds: (seen[i] ?? 0) * scale }));
}
