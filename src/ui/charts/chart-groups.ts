/** @file What of the Roofline chart can be switched off, and what is left then. Pure. */
import type { Drawn, Readable } from './roofline-plane.ts';

/** The roofs themselves always stay, with the slope of their memory. */
export type ChartGroup = 'layers' | 'levels' | 'ceilings' | 'sweep';

/** Everything that is drawn, without what is hidden. */
export function shownOf(drawn: Drawn, hidden: ReadonlySet<ChartGroup>): Required<Drawn> {
  const { roofs, points, ceilings = [], levels = [], sweep = [] } = drawn;
  return {
    roofs,
    points: hidden.has('layers') ? [] : points,
    levels: hidden.has('levels') ? levels.filter(({ isMemory }) => isMemory) : levels,
    ceilings: hidden.has('ceilings') ? [] : ceilings,
    sweep: hidden.has('sweep') ? [] : sweep,
  };
}

/** In the order in which the keyboard reads them, one list a kind. */
export const kindsOf = (shown: Required<Drawn>): readonly (readonly Readable[])[] => [
  shown.points,
  shown.roofs,
  shown.levels,
  shown.ceilings,
  shown.sweep,
];

/** The groups that have anything to switch off. */
export function groupsOf(drawn: Drawn): readonly ChartGroup[] {
  const { points, ceilings, levels, sweep } = shownOf(drawn, new Set());
  return [
    ...(points.length > 0 ? (['layers'] as const) : []),
    ...(levels.some(({ isMemory }) => !isMemory) ? (['levels'] as const) : []),
    ...(ceilings.length > 0 ? (['ceilings'] as const) : []),
    ...(sweep.length > 0 ? (['sweep'] as const) : []),
  ];
}
