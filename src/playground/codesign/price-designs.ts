/**
 * @file From layer times to designs: every plan of every configuration is priced by the planner, a few of them run, and what
 * that teaches corrects the prices of all (core/codesign/correction.ts).
 */
import type { LayerTimes } from '../../core/cost/cost-table.ts';
import { Correction, shapeOf, type RanDesign } from '../../core/codesign/correction.ts';
import { networkOf, type Design, type MeasuredRates, type Rates } from '../../core/codesign/design.ts';
import { localFront } from '../../core/codesign/front.ts';
import { planLabel, type RankedPlan } from '../../core/planning/plan.ts';
import { rankPlans } from '../../core/planning/planner.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { priceModel } from '../plan-model.ts';
import type { PlanRequest } from '../plan-request.ts';
import { betterOf } from '../performance-of-runs.ts';
import { racePlans, type RacedPlan } from '../race-plans.ts';
import type { Work } from '../task-runner.ts';
import type { FamilyMember } from './family.ts';

/** A configuration with all that planning it wants. */
export interface PricedMember {
  readonly member: FamilyMember;
  readonly request: PlanRequest;
  readonly times: readonly LayerTimes[];
  /** Every plan, the fastest first, as the layer times have it. */
  readonly plans: readonly RankedPlan[];
}

export function priceMember(
  member: FamilyMember,
  request: PlanRequest,
  times: readonly LayerTimes[],
): Result<PricedMember> {
  const priced = priceModel(request, times);
  if (!priced.ok) return priced;
  return ok({ member, request, times, plans: rankPlans(priced.value.input).plans });
}

export const ratesOfRaced = ({ measured }: RacedPlan): MeasuredRates => ({
  throughputFps: measured.throughputFps,
  latencySeconds: measured.latencyMs / 1000,
  n: measured.n,
  errors: measured.errors ?? { throughput: 0, latency: 0 },
});

/** Networks to learn from, at most. */
const MOST_ANCHORS = 5;
/**
 * Seconds of running a design once, and how often, for what is learned from: quick ones as often as points of the front, for the
 * best of three rounds is better than one. Of slow ones so short a round has too few frames.
 */
const [QUICK, SLOW] = [
  { rounds: 3, roundSeconds: 0.1 },
  { rounds: 1, roundSeconds: 0.3 },
];
/** Of what runs again. */
const AGAIN = { rounds: 1, roundSeconds: 0.1 };
/** Of a frame of a quick one. */
const QUICK_SECONDS = 0.005;
const effortFor = (plans: readonly RankedPlan[]): typeof QUICK =>
  plans.every(({ predicted }) => predicted.latencySeconds < QUICK_SECONDS) ? QUICK : SLOW;

/** What the network of most work takes to run, over that of least. */
const LONGEST = 1.75;

/** Evenly spread from the least work to the most: the two ends first, the quick one before the slow, then those between. */
export function anchorsOf(members: readonly PricedMember[]): readonly PricedMember[] {
  const sorted = members.toSorted((a, b) => workOf(a) - workOf(b));
  const places = Array.from({ length: MOST_ANCHORS }, (_, i) =>
    Math.round((i * (sorted.length - 1)) / (MOST_ANCHORS - 1)),
  );
  const spread = [...new Set(places)];
  const ends = [spread[0], spread.at(-1)];
  return [...new Set([...ends, ...spread])].flatMap((at) => (at === undefined ? [] : (sorted[at] ?? [])));
}

/** Of its network, as `networkOf` has it. */
export const nameOf = ({ member }: PricedMember): string => {
  const { model, id } = member.configuration;
  return networkOf({ model, configuration: id });
};

export const workOf = ({ member }: PricedMember): number => member.configuration.multiplyAdds;

/** A plan that another beats by so much in throughput and latency is on no front, however prices are corrected. */
const HOPELESS = 1.4;

/** The plan of each shape that ranks first, but for the hopeless. */
function bestOfShapes(plans: readonly RankedPlan[]): readonly RankedPlan[] {
  const best = [...new Map(plans.toReversed().map((ranked) => [shapeOf(ranked.plan), ranked])).values()];
  const beats = (a: RankedPlan, b: RankedPlan): boolean =>
    a.predicted.throughputFps >= HOPELESS * b.predicted.throughputFps &&
    HOPELESS * a.predicted.latencySeconds <= b.predicted.latencySeconds;
  return best.filter((plan) => !best.some((other) => beats(other, plan)));
}

/** What ran by then and what ran now; of plans that ran twice the better of both: slow spells last for seconds. */
export const betterOfRaces = (
  before: readonly RacedPlan[],
  now: readonly RacedPlan[],
): readonly RacedPlan[] => {
  const found = (ran: readonly RacedPlan[], { plan }: RacedPlan): RacedPlan | undefined =>
    ran.find((entry) => planLabel(entry.plan) === planLabel(plan));
  return [
    ...before.filter((entry) => !found(now, entry)),
    ...now.map((entry) => {
      const ago = found(before, entry);
      return ago ? { ...entry, measured: betterOf(entry.measured, ago.measured) } : entry;
    }),
  ];
};

/**
 * Runs plans of every shape of a few networks, as many as there is time for until `deadline` (ms), and once more where there is
 * still time and frames are quick; by member, what ran.
 */
export async function raceAnchors(
  members: readonly PricedMember[],
  deadline: number,
  { signal, onProgress }: Work,
): Promise<Result<ReadonlyMap<PricedMember, readonly RacedPlan[]>>> {
  const ran = new Map<PricedMember, readonly RacedPlan[]>();
  const anchors = anchorsOf(members);
  const took = new Map<PricedMember, number>();
  const expectedMs = (anchor: PricedMember): number => {
    const longest = Math.max(0, ...took.values());
    // The second is the largest.
    return took.get(anchor) ?? (took.size === 1 ? LONGEST * longest : longest);
  };
  for (const [i, anchor] of [...anchors, ...anchors].entries()) {
    const { request, plans } = anchor;
    const [begin, best] = [performance.now(), bestOfShapes(plans)];
    const isAgain = i >= anchors.length;
    const effort = effortFor(best);
    if (isAgain && effort === SLOW) continue;
    if (i > 0 && begin + expectedMs(anchor) > deadline) break;
    if (signal.aborted) return err({ code: 'cancelled' });
    onProgress('Running designs to learn from', 0.6 + (0.2 * i) / anchors.length);
    const raced = await racePlans({ ...request, ...(isAgain ? AGAIN : effort) }, best);
    if (!raced.ok) return raced;
    ran.set(anchor, betterOfRaces(ran.get(anchor) ?? [], raced.value));
    took.set(anchor, performance.now() - begin);
  }
  return ok(ran);
}

export const correctionFrom = (raced: Iterable<readonly RacedPlan[]>): Correction =>
  new Correction([...raced].flat().map((entry): RanDesign => ({ ...entry, measured: ratesOfRaced(entry) })));

const designOf = (
  { configuration: { model, id, top1 } }: FamilyMember,
  plan: Design['plan'],
  predicted: Rates,
  measured: Design['measured'],
): Design => ({
  id: `${model} ${id} ${planLabel(plan)}`,
  model,
  configuration: id,
  accuracy: top1,
  plan,
  predicted,
  measured,
});

/** The plans of a configuration that no other beats, as designs; none has run. */
export const designsOf = ({ member, plans }: PricedMember, correction: Correction): readonly Design[] =>
  localFront(
    plans.map(({ plan, predicted }) => designOf(member, plan, correction.apply(plan, predicted), null)),
  );

/** Plans of a configuration that ran, as designs; predicted as the layer times have it. */
export const racedDesigns = ({ member }: PricedMember, raced: readonly RacedPlan[]): readonly Design[] =>
  raced.map((entry) => designOf(member, entry.plan, entry.predicted, ratesOfRaced(entry)));
