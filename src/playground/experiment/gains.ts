/** @file Which rows of the experiment are held against which, and what each comparison says. */
import { pairedRatio } from './summary.ts';
import type { RowGain, RowId } from './report.ts';

export interface Comparison {
  readonly of: RowId;
  readonly over: RowId;
  readonly meaning: string;
}

export const COMPARISONS: readonly Comparison[] = [
  { of: 'fused', over: 'multi-branch', meaning: 'fusion alone' },
  { of: 'multi-branch+plan', over: 'multi-branch', meaning: 'plan alone' },
  { of: 'fused+plan', over: 'multi-branch', meaning: 'fusion and plan' },
  { of: 'fused+plan', over: 'baseline', meaning: 'fusion and plan, over one WASM worker' },
  { of: 'co-design', over: 'baseline', meaning: 'co-design, over one WASM worker' },
  { of: 'co-design', over: 'multi-branch', meaning: 'co-design, over the best single processor' },
  { of: 'co-design', over: 'fused+plan', meaning: 'co-design, over the full configuration planned' },
  { of: 'fused+plan', over: 'paper-plan', meaning: 'our plan, over that of the paper’s objective' },
  { of: 'deletion none', over: 'fused', meaning: 'mode none, over exact fusion: the same network' },
  { of: 'deletion 3x3_1x1', over: 'fused', meaning: 'deleting identities, over exact fusion' },
  { of: 'deletion 3x3_identity', over: 'fused', meaning: 'deleting 1×1 branches, over exact fusion' },
  {
    of: 'other-engine fused',
    over: 'other-engine multi-branch',
    meaning: 'fusion alone, by the other engine',
  },
  {
    of: 'fused+plan',
    over: 'other-engine multi-branch',
    meaning: 'fusion and plan, over one WASM worker by the other engine',
  },
];

export const meaningOf = ({ of, over }: Pick<RowGain, 'of' | 'over'>): string =>
  COMPARISONS.find((each) => each.of === of && each.over === over)?.meaning ?? `${of} over ${over}`;

/** Every comparison whose rows ran, from frames/s by round. */
export function gainsOf(samples: ReadonlyMap<RowId, readonly number[]>): readonly RowGain[] {
  return COMPARISONS.flatMap(({ of, over }) => {
    const [upper, lower] = [samples.get(of), samples.get(over)];
    return upper && lower ? [{ of, over, ...pairedRatio(upper, lower) }] : [];
  });
}
