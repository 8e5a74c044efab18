/** @file What the Co-design screen shows of a space: its marks, and the wishes as limits. Pure. */
import type { BrokenWish, Wish, WishId } from '../../../core/codesign/constraints.ts';
import { allowed } from '../../../core/codesign/constraints.ts';
import { ratesOf, type Design, type Rates } from '../../../core/codesign/design.ts';
import { processorsOf, type Plan } from '../../../core/planning/plan.ts';
import type { DesignSpace } from '../../../playground/codesign/design-space.ts';
import type { DesignView } from '../../../playground/state.ts';
import type { FrontDrawn, FrontMark } from '../../charts/front-plane.ts';
import {
  designName,
  designReading,
  frontDesigns,
  isOfTrainingImages,
  shownAccuracy,
} from '../../design-text.ts';

function toneOfPlan(plan: Plan): FrontMark['tone'] {
  const isGpu = processorsOf(plan).map(({ processor }) => processor === 'webgpu');
  if (isGpu.every(Boolean)) return 'gpu';
  return isGpu.some(Boolean) ? 'both' : 'cpu';
}

const UNIT: Readonly<Record<WishId, string>> = {
  leastFps: 'frames/s',
  mostPointsLost: 'points below the best',
  mostLatencyMs: 'ms',
};

/** `at least 30 frames/s`, `at most 2 points below the best`. */
export const wishText = (id: WishId, value: number): string =>
  `${id === 'leastFps' ? 'at least' : 'at most'} ${Number(value.toPrecision(6))} ${UNIT[id]}`;

/** Points of accuracy on another scale: the page shows them on the chart's, `choose` knows those of top-1. */
export const scaledWish = (wish: Wish, by: number): Wish => ({
  ...wish,
  mostPointsLost: wish.mostPointsLost === null ? null : wish.mostPointsLost * by,
});

export const scaledBreak = (broken: BrokenWish, by: number): BrokenWish =>
  broken.wish === 'mostPointsLost'
    ? { ...broken, wished: broken.wished * by, kept: broken.kept * by }
    : broken;

/** The whole chart. */
export function drawnOf(space: DesignSpace, wish: Wish, across: DesignView['across']): FrontDrawn {
  const front = frontDesigns(space);
  const ids = new Set(space.front);
  const kept = new Set(allowed(front, wish));
  const at = (design: Design, rates: Rates) => ({
    x: across === 'throughput' ? rates.throughputFps : 1000 * rates.latencySeconds,
    y: shownAccuracy(space, design.accuracy),
  });
  const limitOf = (id: WishId, value: number | null, text: number | null) =>
    value === null || text === null
      ? null
      : // Short, for a phone: what they are below is the top of the chart.
        { value, text: wishText(id, text).replace(' below the best', '') };
  const best = Math.max(...front.map(({ accuracy }) => accuracy));
  const { leastFps, mostPointsLost, mostLatencyMs } = wish;
  return {
    marks: space.designs.map((design) => ({
      ...at(design, ratesOf(design)),
      id: design.id,
      label: designName(space, design),
      reading: designReading(space, design),
      predicted: design.measured && at(design, design.predicted),
      isFront: ids.has(design.id),
      isOut: !kept.has(design),
      tone: toneOfPlan(design.plan),
    })),
    x:
      across === 'throughput'
        ? {
            title: 'throughput, frames/s',
            better: 'more',
            limit: limitOf('leastFps', leastFps, leastFps),
          }
        : {
            title: 'latency of a frame alone, ms',
            better: 'less',
            limit: limitOf('mostLatencyMs', mostLatencyMs, mostLatencyMs),
          },
    y: {
      title: isOfTrainingImages(space) ? 'top-1 kept of the best, %' : 'top-1, %',
      better: 'more',
      limit: limitOf(
        'mostPointsLost',
        mostPointsLost === null ? null : shownAccuracy(space, best - mostPointsLost / 100),
        mostPointsLost === null ? null : shownAccuracy(space, mostPointsLost / 100),
      ),
    },
  };
}

/** The wish that was broken, let go just far enough: three digits, rounded so that the design keeps it. */
export function relaxed({ wish, kept }: BrokenWish): number {
  const step = 10 ** (Math.floor(Math.log10(Math.abs(kept) || 1)) - 2);
  const steps = kept / step;
  const whole = wish === 'leastFps' ? Math.floor(steps + 1e-9) : Math.ceil(steps - 1e-9);
  return Number((whole * step).toPrecision(12));
}
