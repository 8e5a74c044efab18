/**
 * @file Use case: both engines against each other on every processor of the plan in force, in turns, so that drift hits both. The
 * plan stays; only its report learns the times. Live ends.
 */
import type { EngineId } from '../core/engine.ts';
import { elementCount } from '../core/graph/model.ts';
import { randomTensor } from '../core/random.ts';
import { err, ok, type Result } from '../core/result.ts';
import { lowerQuartile } from '../core/stats.ts';
import type { StageClient } from '../workers/stage.client.ts';
import type { PlanHost } from './plan-on-device.ts';
import type { EngineUse } from './plan-report.ts';
import { SLOW_SECONDS } from './plan-request.ts';
import { checkProcessors } from './processors.ts';
import type { Work } from './task-runner.ts';

const ENGINES: readonly EngineId[] = ['fused', 'ort'];
const segmentOf = (engine: EngineId): string => `compared ${engine}`;
/** Engines compile a second time what runs often. */
const WARM_UP_SECONDS = 0.15;
/** Not counted at the beginning of a turn: threads of the engine before may still be spinning. */
const SETTLE_SECONDS = 0.05;
const TURNS = 6;
const TURN_SECONDS = 0.05;
const MOST_RUNS_A_TURN = 20;

export async function compareEngines(host: PlanHost, work: Work): Promise<Result<readonly EngineUse[]>> {
  const { model, plan } = host.store.getState();
  if (!model) return err({ code: 'model-missing' });
  if (!plan) return err({ code: 'plan-missing' });
  await host.live.stop();
  const processors = checkProcessors(plan.processors, await host.capabilities());
  if (!processors.ok) return processors;
  const form = model.description.forms.deploy;
  const bytes = await host.segments(0, form.units.length - 1);
  if (!bytes.ok) return bytes;
  const clients = await host.pool.acquire(processors.value);
  if (!clients.ok) return clients;
  const input = randomTensor(elementCount(form.input.shape), 1);
  const uses: EngineUse[] = [];
  for (const [i, use] of plan.engines.entries()) {
    const client = clients.value.find(({ processor }) => processor === use.processor);
    if (!client) continue;
    const race = new EngineRace(client, bytes.value, input, work.signal, (share) =>
      work.onProgress(`Comparing the engines on ${client.processor}`, (i + share) / plan.engines.length),
    );
    const compared = await race.run(use);
    await race.end();
    if (work.signal.aborted) return err({ code: 'cancelled' });
    if (!compared.ok) return compared;
    uses.push(compared.value);
  }
  host.store.setState({ plan: { ...plan, engines: uses } });
  return ok(uses);
}

/** The engines of one processor. */
class EngineRace {
  private readonly client: StageClient;
  private readonly bytes: Uint8Array;
  private readonly input: Float32Array;
  private readonly signal: AbortSignal;
  private readonly onShare: (share: number) => void;
  private readonly samples = new Map<EngineId, number[]>();

  constructor(
    client: StageClient,
    bytes: Uint8Array,
    input: Float32Array,
    signal: AbortSignal,
    onShare: (share: number) => void,
  ) {
    this.client = client;
    this.bytes = bytes;
    this.input = input;
    this.signal = signal;
    this.onShare = onShare;
  }

  async run(use: EngineUse): Promise<Result<EngineUse>> {
    this.onShare(0);
    let obstacle: string | null = null;
    // Ours as the plan runs it; where it does not, as it would.
    const precision = use.precision ?? 'fastest';
    for (const engine of ENGINES) {
      const { worker } = this.client;
      const loaded = await worker.call((remote) =>
        remote.load(segmentOf(engine), this.bytes, engine, precision),
      );
      if (!loaded.ok) return loaded;
      // Where ours cannot run it, the other took its place.
      if (loaded.value.engine === engine) this.samples.set(engine, []);
      else obstacle = loaded.value.obstacle;
    }
    const done = await this.turns();
    if (!done.ok) return done;
    const secondsOf = (engine: EngineId): number | null => lowerQuartile(this.samples.get(engine) ?? []);
    const seconds = { fused: secondsOf('fused'), ort: secondsOf('ort') };
    return ok({ ...use, obstacle, seconds, n: this.samples.get('ort')?.length ?? 0 });
  }

  /** Frees what was loaded. */
  async end(): Promise<void> {
    for (const engine of ENGINES) await this.client.worker.call((remote) => remote.unload(segmentOf(engine)));
  }

  /** As many runs of each as the slower one has time for; what loading compiled does not count. */
  private async turns(): Promise<Result<null>> {
    let slowest = 0;
    for (const engine of this.samples.keys()) {
      const warm = await this.time(engine, 1, WARM_UP_SECONDS);
      if (!warm.ok) return warm;
      slowest = Math.max(slowest, Math.min(...warm.value));
    }
    if (slowest > SLOW_SECONDS) return this.turn(1, 0);
    const runs = Math.max(1, Math.min(MOST_RUNS_A_TURN, Math.round(TURN_SECONDS / slowest)));
    for (let turn = 1; turn <= TURNS; turn++) {
      const done = await this.turn(runs, SETTLE_SECONDS);
      if (!done.ok) return done;
      this.onShare(turn / TURNS);
    }
    return ok(null);
  }

  private async turn(runs: number, settleSeconds: number): Promise<Result<null>> {
    for (const [engine, samples] of this.samples) {
      if (this.signal.aborted) return err({ code: 'cancelled' });
      const settled = settleSeconds > 0 ? await this.time(engine, 1, settleSeconds) : ok([]);
      if (!settled.ok) return settled;
      const timed = await this.time(engine, runs, 0);
      if (!timed.ok) return timed;
      samples.push(...timed.value);
    }
    return ok(null);
  }

  private time(engine: EngineId, runs: number, seconds: number): Promise<Result<readonly number[]>> {
    const { worker } = this.client;
    return worker.call((remote) => remote.time(segmentOf(engine), this.input, runs, seconds));
  }
}
