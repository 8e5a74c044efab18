/**
 * @file Use case: calibrate the cost model on this device. The fixed networks of core/cost/calibration-models run in the real
 * engine, as a whole and under its profiler, and what their layers took becomes a `Calibration` a processor, for the device
 * profile. A processor that is too slow for the larger networks is calibrated by the smaller ones alone, and its classes say by
 * how many layers.
 */
import { fitCalibration, type Observation } from '../core/cost/calibration.ts';
import { calibrationModels, idleModel, type CalibrationModel } from '../core/cost/calibration-models.ts';
import { layerSeconds } from '../core/cost/layer-times.ts';
import { byteCount, elementCount } from '../core/graph/model.ts';
import { serializeModel } from '../core/onnx/serialize.ts';
import { residencySeconds, type Transfers } from '../core/planning/transfer.ts';
import type { Calibration, ProcessorId } from '../core/profile/profile.ts';
import { randomTensor } from '../core/random.ts';
import { err, ok, type Result } from '../core/result.ts';
import { median } from '../core/stats.ts';
import type { StageClient } from '../workers/stage.client.ts';

export interface CalibrationRequest {
  /** Open and idle; equal processors are calibrated once. */
  readonly clients: readonly StageClient[];
  /** What the planner adds to a stage by itself, and a calibration must therefore not hold. */
  readonly transfers: Transfers;
  readonly signal: AbortSignal;
  readonly onProgress: (step: string, progress: number | null) => void;
  /** Seconds a processor, sessions included; if left out, 4.5, which leaves a round that is on its way time to end within 5. */
  readonly budgetSeconds?: number;
}

const BUDGET_SECONDS = 4.5;
/** Every network is measured once a round, so that a layer's samples span the machine's slow drift. */
const ROUNDS = 3;
/**
 * Runs of a network in a round, without and with the profiler each: as many as take this long, within these bounds. Small networks
 * run often, as they do when they are used: their first runs after a pause are slower.
 */
const ROUND_SECONDS = 0.04;
const MOST_RUNS = 80;
const FEWEST_RUNS = 3;
/**
 * Share of the budget that warming up a network may take: engines compile a second time what runs often, and the runs before
 * that are several times slower.
 */
const WARM_UP_SHARE = 0.025;
/** Runs that a network costs at the very least: two when it is loaded, one timed, a profile's two and sessions. */
const LEAST_RUNS = 6;

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

/** Seconds of a run, and of each layer as the profiler saw them. */
interface Round {
  readonly total: number;
  readonly layers: readonly number[];
}

interface Network extends CalibrationModel {
  readonly segment: string;
  readonly bytes: Uint8Array;
  readonly values: Float32Array<ArrayBuffer>;
  /** Seconds of a run when it was last warmed up. */
  readonly runSeconds: number;
  readonly rounds: Round[];
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
    const idleSeconds: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      // The largest first: they bring the engine to its pace, which the smallest need most, and must not find the time used up.
      for (const network of networks.value.toReversed()) {
        if (this.signal.aborted) return err({ code: 'cancelled' });
        const measured = await this.measure(network, ROUNDS - round);
        if (!measured.ok) return measured;
        this.onShare(Math.min(1, this.spent() / this.budgetSeconds));
      }
      // Beside the smallest, which it is taken from.
      const timed = await this.time(idle.value, MOST_RUNS);
      if (!timed.ok) return timed;
      idleSeconds.push(timed.value);
    }
    const runSeconds = Math.min(...idleSeconds);
    const observations = networks.value.flatMap((network) => observationsOf(network, runSeconds));
    const facts = { runSeconds, seconds: this.spent() };
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
      const isFirst = networks.length === 0;
      if (!isFirst && LEAST_RUNS * pace * flopOf(model) > this.budgetSeconds - this.spent()) break;
      const opened = await this.open(model);
      if (!opened.ok) return opened;
      networks.push(opened.value);
      pace = Math.min(pace, opened.value.runSeconds / flopOf(model));
    }
    return ok(networks);
  }

  private async open(model: CalibrationModel): Promise<Result<Network>> {
    const segment = `calibration ${model.name}`;
    const bytes = serializeModel(model.model);
    const values = randomTensor(elementCount(model.input.shape), 1);
    const { worker } = this.client;
    const loaded = await worker.call((remote) => remote.load(segment, bytes));
    if (!loaded.ok) return loaded;
    this.segments.push(segment);
    const warmUpSeconds = this.budgetSeconds * WARM_UP_SHARE;
    const timed = await worker.call((remote) => remote.time(segment, values, 1, warmUpSeconds));
    if (!timed.ok) return timed;
    const runSeconds = Math.min(...timed.value);
    return ok({ ...model, segment, bytes, values, runSeconds, rounds: [] });
  }

  /** Seconds a run of the whole network, without the transfers that the planner adds itself. */
  private async time({ segment, values, input, output }: Network, runs: number): Promise<Result<number>> {
    const timed = await this.client.worker.call((remote) => remote.time(segment, values, runs, 0));
    if (!timed.ok) return timed;
    const whole = median(timed.value) ?? 0;
    const moved = residencySeconds(
      this.client.processor,
      byteCount(input),
      byteCount(output),
      this.transfers,
    );
    // Measured apart, the two can contradict each other.
    return ok(Math.max(0.1 * whole, whole - moved));
  }

  /** One round of a network, if there is time: as a whole and by layer. */
  private async measure(network: Network, roundsLeft: number): Promise<Result<null>> {
    const left = this.budgetSeconds - this.spent();
    const affordable = Math.floor(left / roundsLeft / 2 / network.runSeconds / 2) - 1;
    // The first round of a network always happens.
    if (affordable < 1 && network.rounds.length > 0) return ok(null);
    const wanted = Math.min(MOST_RUNS, Math.max(FEWEST_RUNS, ROUND_SECONDS / network.runSeconds));
    const runs = Math.max(1, Math.min(affordable, Math.ceil(wanted)));
    const total = await this.time(network, runs);
    if (!total.ok) return total;
    const profiled = await this.client.worker.call((remote) =>
      remote.profile(network.bytes, network.values, runs),
    );
    if (!profiled.ok) return profiled;
    const seconds = layerSeconds(network.layers, profiled.value);
    const sum = seconds?.reduce((all, each) => all + each, 0) ?? 0;
    if (!seconds || sum === 0) return ok(null);
    network.rounds.push({ total: total.value, layers: seconds });
    return ok(null);
  }
}

const flopOf = ({ layers }: CalibrationModel): number => layers.reduce((sum, { flop }) => sum + flop, 0);

/** Each layer's median over the rounds. Layers add up to the whole less what any run costs, as in `measuredTable`. */
function observationsOf({ layers, rounds }: Network, runSeconds: number): readonly Observation[] {
  if (rounds.length === 0) return [];
  const scaled = rounds.map(({ total, layers: seen }) => {
    const sum = seen.reduce((all, seconds) => all + seconds, 0);
    // Measured apart, the two can contradict each other where the machine is busy.
    const scale = Math.max(0.5 * total, total - runSeconds) / sum;
    return seen.map((seconds) => seconds * scale);
  });
  return layers.map((layer, i) => ({ layer, seconds: median(scaled.map((seen) => seen[i] ?? 0)) ?? 0 }));
}
