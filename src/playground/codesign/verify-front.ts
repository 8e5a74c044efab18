/**
 * @file Runs the front until every point of it is measured; what runs teaches the predictions of the others. What does not run as
 * predicted runs again, at once and, where it is still slower, at the end: slow spells last for seconds.
 */
import { networkOf, type Design } from '../../core/codesign/design.ts';
import { planLabel } from '../../core/planning/plan.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { racePlans, type RacedPlan } from '../race-plans.ts';
import type { Work } from '../task-runner.ts';
import type { DesignSpace } from './design-space.ts';
import { isSlower, isSurprise, nextOf, withRuns } from './front-runs.ts';
import { betterOfRaces, correctionFrom, designsOf, workOf, type PricedMember } from './price-designs.ts';

/** Seconds of running a design once, and how often. */
export const VERIFYING = { rounds: 3, roundSeconds: 0.3 };

/** What a space rests on; runs are added to it. */
export interface Explored {
  /** By network. */
  readonly members: ReadonlyMap<string, PricedMember>;
  readonly raced: Map<PricedMember, readonly RacedPlan[]>;
  /** Ids of designs that could not run. */
  readonly failed: Set<string>;
}

/** `onRun` gets the space each time it knows more. */
export async function verifyFront(
  predicted: DesignSpace,
  explored: Explored,
  work: Work,
  onRun: (space: DesignSpace) => void,
): Promise<Result<DesignSpace>> {
  const members = [...explored.members.values()].toSorted((a, b) => workOf(a) - workOf(b));
  let space = predicted;
  const run = async (designs: readonly Design[], isAgain: boolean): Promise<Result<readonly RacedPlan[]>> => {
    if (work.signal.aborted) return err({ code: 'cancelled' });
    work.onProgress('Running the front', space.verified / space.front.length);
    const first = await race(explored, designs, isAgain, work);
    if (!first.ok || isAgain) return first;
    // One of the two errs, and it may be the run.
    const surprising = designs.filter((design) => isSurprise(design, first.value));
    return surprising.length === 0 ? first : race(explored, surprising, true, work);
  };
  const take = (designs: readonly Design[], ran: readonly RacedPlan[]): void => {
    const correction = correctionFrom(explored.raced.values());
    const anew = members
      .flatMap((member) => designsOf(member, correction))
      .filter(({ id }) => !explored.failed.has(id));
    space = withRuns(space, designs, ran, anew);
    onRun(space);
  };
  const slow: (readonly Design[])[] = [];
  for (;;) {
    const next = nextOf(space, members, (member) => explored.raced.has(member));
    const designs = next.length > 0 ? next : (slow.shift() ?? []);
    if (designs.length === 0) return ok(space);
    const ran = await run(designs, designs !== next);
    if (!ran.ok) return ran;
    take(designs, ran.value);
    const slower = designs.filter((design) => isSlower(design, ran.value));
    if (designs === next && slower.length > 0) slow.push(slower);
  }
}

/**
 * Designs of one network; what they did, where they run again the better of both, is kept for the reports on it. A second run that
 * fails takes nothing from the first.
 */
async function race(
  { members, raced, failed }: Explored,
  designs: readonly Design[],
  isAgain: boolean,
  { signal }: Work,
): Promise<Result<readonly RacedPlan[]>> {
  const [first] = designs;
  const priced = first && members.get(networkOf(first));
  if (!priced) return err({ code: 'design-unknown', id: first?.id ?? '' });
  const wanted = new Set(designs.map(({ plan }) => planLabel(plan)));
  const isWanted = ({ plan }: Pick<Design, 'plan'>): boolean => wanted.has(planLabel(plan));
  const ran = await racePlans({ ...priced.request, ...VERIFYING, signal }, priced.plans.filter(isWanted));
  const known = raced.get(priced) ?? [];
  if (!ran.ok) return isAgain && ran.error.code !== 'cancelled' ? ok(known) : ran;
  const labels = new Set(ran.value.map(({ plan }) => planLabel(plan)));
  if (!isAgain)
    designs.filter(({ plan }) => !labels.has(planLabel(plan))).forEach(({ id }) => failed.add(id));
  const kept = betterOfRaces(isAgain ? known : known.filter((entry) => !isWanted(entry)), ran.value);
  raced.set(priced, kept);
  return ok(kept);
}
