/** @file What running designs does to a space: which are next, and what is known then. Pure. */
import { networkOf, type Design } from '../../core/codesign/design.ts';
import { frontOf } from '../../core/codesign/front.ts';
import { planLabel } from '../../core/planning/plan.ts';
import type { RacedPlan } from '../race-plans.ts';
import type { DesignSpace } from './design-space.ts';
import { nameOf, ratesOfRaced, type PricedMember } from './price-designs.ts';

export function withFront(space: DesignSpace): DesignSpace {
  const front = frontOf(space.designs);
  const verified = front.filter(({ measured }) => measured !== null).length;
  return { ...space, front: front.map(({ id }) => id), verified };
}

/**
 * The designs on the front that did not run yet, of the configuration whose size is the farthest from those that ran: so that
 * predictions learn soon of all sizes. None once all ran. `members` by size.
 */
export function nextOf(
  { designs, front }: DesignSpace,
  members: readonly PricedMember[],
  hasRun: (member: PricedMember) => boolean,
): readonly Design[] {
  const onFront = new Set(front);
  const open = designs.filter(({ id, measured }) => measured === null && onFront.has(id));
  const ranAt = members.flatMap((member, at) => (hasRun(member) ? [at] : []));
  const distance = (at: number): number => Math.min(...ranAt.map((other) => Math.abs(at - other)));
  const openOf = (member: PricedMember | undefined): readonly Design[] =>
    member ? open.filter((design) => networkOf(design) === nameOf(member)) : [];
  const [farthest] = members
    .flatMap((member, at) => (openOf(member).length > 0 ? [at] : []))
    .toSorted((a, b) => distance(b) - distance(a));
  return farthest === undefined ? [] : openOf(members[farthest]);
}

/**
 * Designs that ran keep what was predicted before, the others are predicted anew; those that were tried and could not run are
 * gone.
 */
export function withRuns(
  space: DesignSpace,
  tried: readonly Design[],
  ran: readonly RacedPlan[],
  predicted: readonly Design[],
): DesignSpace {
  const byLabel = new Map(ran.map((entry) => [planLabel(entry.plan), entry]));
  const isTried = ({ id }: Design): boolean => tried.some((design) => design.id === id);
  const measured = [
    ...space.designs.filter((design) => design.measured !== null && !isTried(design)),
    ...tried.flatMap((design) => {
      const entry = byLabel.get(planLabel(design.plan));
      return entry ? [{ ...design, measured: ratesOfRaced(entry) }] : [];
    }),
  ];
  const known = new Set([...measured, ...tried].map(({ id }) => id));
  return withFront({ ...space, designs: [...measured, ...predicted.filter(({ id }) => !known.has(id))] });
}

/** A run this far from what was predicted, in either figure, is looked at again. */
const SURPRISING = 0.075;

/** Seconds a frame and of a frame alone, over what was predicted; none where it did not run. */
function ratiosOf({ plan, predicted }: Design, ran: readonly RacedPlan[]): readonly number[] {
  const entry = ran.find((each) => planLabel(each.plan) === planLabel(plan));
  if (!entry) return [];
  const { throughputFps, latencySeconds } = ratesOfRaced(entry);
  return [predicted.throughputFps / throughputFps, latencySeconds / predicted.latencySeconds];
}

export const isSurprise = (design: Design, ran: readonly RacedPlan[]): boolean =>
  ratiosOf(design, ran).some((ratio) => Math.abs(ratio - 1) > SURPRISING);

/** A surprise that a slow spell would explain. */
export const isSlower = (design: Design, ran: readonly RacedPlan[]): boolean =>
  ratiosOf(design, ran).some((ratio) => ratio - 1 > SURPRISING);
