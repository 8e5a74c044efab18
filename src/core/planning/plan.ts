/**
 * @file Plans: which processors run which run of units.
 * - *single*: one processor runs all;
 * - *pipeline*: contiguous stages on distinct processors, frames in flight in several stages at once;
 * - *replicated*: several processors run all, whole frames are dealt to them and the results put back in order;
 * - *hybrid*: a pipeline with a replicated stage.
 */
import { threadsOf, type ProcessorId } from '../profile/profile.ts';

/** A processor of a plan. */
export interface Member {
  readonly processor: ProcessorId;
  /** Position in the list of processors: two groups may both be `wasm:1`. */
  readonly processorIndex: number;
}

export interface Stage extends Member {
  readonly fromUnit: number;
  readonly toUnit: number;
  /** Further processors that take frames of this stage in turn; absent where there are none. */
  readonly others?: readonly Member[];
  /** Frame `i` goes to the member `deal[i mod length]`; in turn where it is absent. */
  readonly deal?: readonly number[];
}

export type PlanKind = 'single' | 'pipeline' | 'replicated' | 'hybrid';

export interface Plan {
  readonly kind: PlanKind;
  readonly stages: readonly Stage[];
}

/** Every processor of a stage; at least one. */
export const membersOf = ({ processor, processorIndex, others = [] }: Stage): readonly Member[] => [
  { processor, processorIndex },
  ...others,
];

export const dealTo = (stage: Stage): readonly number[] => stage.deal ?? membersOf(stage).map((_, m) => m);

/** Every processor of a plan, stage by stage. */
export const processorsOf = ({ stages }: Pick<Plan, 'stages'>): readonly Member[] =>
  stages.flatMap(membersOf);

export interface PlanPrediction {
  readonly throughputFps: number;
  readonly latencySeconds: number;
  /**
   * Seconds a frame of each stage while all work, its transfers to and from the processor's memory included; of a
   * replicated stage the seconds from frame to frame.
   */
  readonly stageSeconds: readonly number[];
  /** The same of each member of each stage, for the frames that it takes. */
  readonly memberSeconds: readonly (readonly number[])[];
  /** Seconds of each hand-over between workers, one fewer than stages. */
  readonly hopSeconds: readonly number[];
}

/**
 * Latency of a frame when a source delivers `sourceFps` and at most `depth` frames are in flight: Σ of stages and hops
 * while the plan keeps up; beyond that all credits are in use and Little's law gives depth / throughput.
 */
export function loadedLatencySeconds(
  { throughputFps, latencySeconds }: Pick<PlanPrediction, 'throughputFps' | 'latencySeconds'>,
  sourceFps: number,
  depth: number,
): number {
  return throughputFps >= sourceFps ? latencySeconds : Math.max(latencySeconds, depth / throughputFps);
}

/**
 * Frames in flight at most, for stages of so many members: one in each, and one waiting for each of the first stage, so
 * that none starves at a hand-over. Takes `memberSeconds`, or the members themselves.
 */
export function defaultDepth(stages: readonly { readonly length: number }[]): number {
  return stages.reduce((sum, { length }) => sum + length, stages[0]?.length ?? 0);
}

export const depthOf = ({ stages }: Pick<Plan, 'stages'>): number => defaultDepth(stages.map(membersOf));

export interface RankedPlan {
  readonly plan: Plan;
  readonly predicted: PlanPrediction;
}

/** Same stages on same processors, in words: `wasm:1[0–12] → webgpu[13–30]`, replicated `wasm:1 + wasm:1[0–30]`. */
export function planLabel(plan: Pick<Plan, 'stages'>): string {
  return plan.stages
    .map((stage) => {
      const names = membersOf(stage).map(({ processor }) => processor);
      return `${names.join(' + ')}[${stage.fromUnit}–${stage.toUnit}]`;
    })
    .join(' → ');
}

/** All ways to hand out some of `items` to at most `most` stages: lists of disjoint, non-empty groups. */
function groupings(items: readonly number[], most: number): readonly (readonly (readonly number[])[])[] {
  if (most === 0 || items.length === 0) return [[]];
  const found: (readonly (readonly number[])[])[] = [[]];
  for (let bits = 1; bits < 1 << items.length; bits++) {
    const group = items.filter((_, i) => (bits >> i) & 1);
    const left = items.filter((_, i) => !((bits >> i) & 1));
    for (const rest of groupings(left, most - 1)) found.push([group, ...rest]);
  }
  return found;
}

/** Calls `visit` for all ways to choose `count` cuts, each the last unit of a stage, from the first `units − 1` units. */
function visitCuts(units: number, count: number, visit: (cuts: readonly number[]) => void): void {
  const cuts: number[] = [];
  const choose = (from: number): void => {
    if (cuts.length === count) {
      visit(cuts);
      return;
    }
    for (let cut = from; cut < units - (count - cuts.length); cut++) {
      cuts.push(cut);
      choose(cut + 1);
      cuts.pop();
    }
  };
  choose(0);
}

/** Threads that the WASM groups among them need together. */
const threadsTogether = (processors: readonly ProcessorId[]): number =>
  processors.reduce((sum, id) => sum + (id === 'webgpu' ? 0 : threadsOf(id)), 0);

/**
 * Visits every plan of `unitCount` units on some of the processors whose WASM threads fit into `cores` together, each
 * once: plans that differ only by swapping equal processors are the same. With P ≤ 4 processors and U ≤ 60 units fewer
 * than a million: Σ over ordered groupings into s stages of C(U − 1, s − 1).
 */
export function visitPlans(
  processors: readonly ProcessorId[],
  unitCount: number,
  cores: number,
  visit: (plan: Plan) => void,
): void {
  const seen = new Set<string>();
  for (const groups of groupings(
    processors.map((_, i) => i),
    unitCount,
  )) {
    const names = groups.map((group) => group.map((i) => processors[i] ?? 'wasm:1'));
    const key = names.map((group) => group.toSorted().join('+')).join('→');
    if (groups.length === 0 || seen.has(key) || threadsTogether(names.flat()) > cores) continue;
    seen.add(key);
    visitCuts(unitCount, groups.length - 1, (cuts) => visit(planOf(processors, groups, cuts, unitCount)));
  }
}

/** Every plan, as `visitPlans` visits them. */
export function enumeratePlans(
  processors: readonly ProcessorId[],
  unitCount: number,
  cores = Infinity,
): readonly Plan[] {
  const plans: Plan[] = [];
  visitPlans(processors, unitCount, cores, (plan) => plans.push(plan));
  return plans;
}

function kindOf(groups: readonly (readonly number[])[]): PlanKind {
  const isReplicated = groups.some((group) => group.length > 1);
  if (groups.length === 1) return isReplicated ? 'replicated' : 'single';
  return isReplicated ? 'hybrid' : 'pipeline';
}

function planOf(
  processors: readonly ProcessorId[],
  groups: readonly (readonly number[])[],
  cuts: readonly number[],
  unitCount: number,
): Plan {
  const stages = groups.map((group, s): Stage => {
    const [first, ...others] = group.map((processorIndex): Member => {
      return { processor: processors[processorIndex] ?? 'wasm:1', processorIndex };
    });
    if (!first) throw new RangeError('a stage needs a processor');
    return {
      ...first,
      fromUnit: s === 0 ? 0 : (cuts[s - 1] ?? 0) + 1,
      toUnit: cuts[s] ?? unitCount - 1,
      ...(others.length > 0 && { others }),
    };
  });
  return { kind: kindOf(groups), stages };
}
