/**
 * @file Use case: explore the designs of the loaded model on this device (METHOD §5). Compose every configuration, time every
 * kind of layer, price every plan, run a few designs to correct the prices: the first front. Then the front runs, point by
 * point, and measurements take the place of predictions until every point of it is one.
 */
import { networkOf, type Design } from '../../core/codesign/design.ts';
import type { AppError } from '../../core/errors.ts';
import { membersOf, planLabel, type Stage } from '../../core/planning/plan.ts';
import { rooflineOf } from '../../core/roofline/roofline.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Capabilities } from '../../platform/capabilities.ts';
import { chooseEngines } from '../choose-engines.ts';
import { reportOn } from '../plan-model.ts';
import { SOURCE_FPS } from '../plan-on-device.ts';
import type { EngineUse, PlanEntry, PlanReport } from '../plan-report.ts';
import type { PlanRequest } from '../plan-request.ts';
import { defaultProcessors, type ProcessorPool } from '../processors.ts';
import { racePlans } from '../race-plans.ts';
import type { Store } from '../state.ts';
import type { Work } from '../task-runner.ts';
import type { DesignSpace } from './design-space.ts';
import { withFront } from './front-runs.ts';
import { readFamily, type Family, type FamilyMember, type FamilySource } from './family.ts';
import { timeLayers } from './layer-times.ts';
import {
  correctionFrom,
  designsOf,
  nameOf,
  priceMember,
  racedDesigns,
  raceAnchors,
  type PricedMember,
} from './price-designs.ts';
import { VERIFYING, verifyFront, type Explored } from './verify-front.ts';

/** A visitor waits so long for the first front: no design is run to learn from that is not expected to end by then. */
const FIRST_FRONT_SECONDS = 19;

export interface ExploreOptions {
  /** Whether the front runs after it was predicted; it does unless told. */
  readonly verify?: boolean | undefined;
}

/** What it needs of the playground. */
export interface ExplorerHost {
  readonly store: Store;
  readonly pool: ProcessorPool;
  readonly live: { readonly stop: () => Promise<unknown> };
  readonly family: FamilySource;
  capabilities(): Promise<Capabilities>;
  /** Shows what went wrong and did not end the exploration. */
  report(error: AppError): void;
}

type Context = Pick<
  PlanRequest,
  'processors' | 'cores' | 'objective' | 'sourceFps' | 'profile' | 'engines' | 'clients'
>;

export class DesignExplorer {
  private readonly host: ExplorerHost;
  private explored: (Explored & { readonly models: Family['models'] }) | null = null;

  constructor(host: ExplorerHost) {
    this.host = host;
  }

  /** The space is in the store from the first front on, and stays there when verifying is cancelled. */
  async explore({ verify = true }: ExploreOptions, work: Work): Promise<Result<DesignSpace>> {
    const start = performance.now();
    const { model } = this.host.store.getState();
    if (!model) return err({ code: 'model-missing' });
    const context = await this.prepare(work);
    if (!context.ok) return context;
    const family = await readFamily(this.host.family, work, (error) => this.host.report(error));
    if (!family.ok) return family;
    const engines = await this.chooseEngines(family.value, context.value, work);
    if (!engines.ok) return engines;
    const members = await this.price(family.value, { ...context.value, engines: engines.value }, work);
    if (!members.ok) return members;
    const raced = await raceAnchors(members.value, start + 1000 * FIRST_FRONT_SECONDS, work);
    if (!raced.ok) return raced;
    const correction = correctionFrom(raced.value.values());
    const designs = members.value.flatMap((member) => designsOf(member, correction));
    const { name, accuracy, models } = family.value;
    const space = withFront({
      name,
      accuracy,
      configurations: family.value.members.map(({ configuration }) => configuration),
      processors: context.value.processors,
      considered: members.value.reduce((sum, { plans }) => sum + plans.length, 0),
      designs,
      front: [],
      firstFrontSeconds: (performance.now() - start) / 1000,
      verified: 0,
    });
    if (work.signal.aborted) return err({ code: 'cancelled' });
    this.explored = {
      models,
      members: new Map(members.value.map((each) => [nameOf(each), each])),
      raced: new Map(raced.value),
      failed: new Set(),
    };
    const show = (codesign: DesignSpace): void => this.host.store.setState({ codesign });
    show(space);
    return verify ? verifyFront(space, this.explored, work, show) : ok(space);
  }

  /** The plan of a design as a report on its network; null where the space is not of the loaded model's family. */
  reportOf(design: Design): PlanReport | null {
    const { explored } = this;
    const priced = explored?.members.get(networkOf(design));
    const { model } = this.host.store.getState();
    if (!explored || !priced || !model || !explored.models.includes(model.published)) return null;
    const label = planLabel(design.plan);
    const raced = explored.raced.get(priced) ?? [];
    // The objective by which this plan is the choice, as far as there is one.
    const isFastest = priced.plans[0] && planLabel(priced.plans[0].plan) === label;
    const request: PlanRequest = { ...priced.request, objective: isFastest ? 'fastest' : 'snappiest' };
    const report = reportOn(request, priced.times, raced);
    if (!report.ok) return null;
    const chosen = report.value.plans.find((entry) => planLabel(entry) === label) ?? unplanned(design);
    const { passedOver, ...rest } = report.value;
    return passedOver && chosen === rest.chosen ? report.value : { ...rest, chosen };
  }

  /** Of a design's segments in all workers that have one. */
  weightBytesOf({ plan, ...network }: Design): number {
    const { units = [] } = this.explored?.members.get(networkOf(network))?.member.form ?? {};
    const bytesOf = ({ fromUnit, toUnit }: Stage): number =>
      units
        .slice(fromUnit, toUnit + 1)
        .flatMap(({ layers }) => layers)
        .reduce((sum, { weightBytes }) => sum + weightBytes, 0);
    return plan.stages.reduce((sum, stage) => sum + membersOf(stage).length * bytesOf(stage), 0);
  }

  private async prepare(work: Work): Promise<Result<Context>> {
    const { store, pool, live } = this.host;
    const { profile } = store.getState();
    if (!profile) return err({ code: 'profile-missing' });
    await live.stop();
    const capabilities = await this.host.capabilities();
    const processors = defaultProcessors(capabilities).filter((id) => rooflineOf(profile, id) !== null);
    work.onProgress('Starting the processors', null);
    const opened = await pool.acquire(processors);
    if (!opened.ok) return opened;
    return ok({
      processors,
      cores: capabilities.cores,
      objective: 'fastest',
      sourceFps: SOURCE_FPS,
      profile,
      engines: [],
      clients: opened.value,
    });
  }

  /** By the whole network of the loaded model's default configuration. */
  private async chooseEngines(
    { whole }: Family,
    { clients }: Context,
    work: Work,
  ): Promise<Result<readonly EngineUse[]>> {
    const { pool, store } = this.host;
    const { form, segments } = whole;
    return chooseEngines({ pool, clients, form, segments, wanted: store.getState().engine, ...work });
  }

  private async price(
    { members }: Family,
    context: Context,
    work: Work,
  ): Promise<Result<readonly PricedMember[]>> {
    const { processors, clients } = context;
    const timesOf = await timeLayers(members, processors, clients, this.host.pool, work);
    if (!timesOf.ok) return timesOf;
    const priced: PricedMember[] = [];
    for (const member of members) {
      const times = timesOf.value(member.form);
      if (!times) return err({ code: 'engine-failed', processor: 'any', detail: 'it tells no layer times' });
      const each = priceMember(member, requestOf(member, context, work), times);
      if (!each.ok) return each;
      priced.push(each.value);
    }
    return ok(priced);
  }

  /** Runs every plan of a network, those that other plans beat too: what a front is held against. */
  async runEveryPlan(network: string, work: Work): Promise<Result<readonly Design[]>> {
    const priced = this.explored?.members.get(network);
    if (!priced) return err({ code: 'design-unknown', id: network });
    const raced = await racePlans({ ...priced.request, ...VERIFYING, ...work }, priced.plans);
    return raced.ok ? ok(racedDesigns(priced, raced.value)) : raced;
  }
}

function requestOf(
  { configuration, form, segments }: FamilyMember,
  context: Context,
  { signal }: Work,
): PlanRequest {
  return {
    ...context,
    modelId: configuration.model,
    configuration: configuration.id,
    form,
    segments,
    measure: 'all',
    signal,
    onProgress: () => undefined,
  };
}

/** A plan that the planner would not have listed. */
const unplanned = ({ plan: { kind, stages }, predicted }: Design): PlanEntry => ({
  kind,
  stages,
  predicted: { throughputFps: predicted.throughputFps, latencyMs: predicted.latencySeconds * 1000, n: 0 },
  measured: null,
  equality: null,
});
