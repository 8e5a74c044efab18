/** @file Every arrangement of the report's processors, each at its best cuts. */
import { useMemo } from 'react';
import type { RankedPlan } from '../../../core/planning/plan.ts';
import type { Prices } from '../../../core/planning/pricer.ts';
import { bestOfArrangements } from '../../../core/planning/what-if.ts';
import { SOURCE_FPS } from '../../../playground/plan-on-device.ts';
import type { PlanReport } from '../../../playground/plan-report.ts';
import { usePlaygroundState } from '../../playground-context.ts';

export function useArrangements({ objective }: PlanReport, prices: Prices): readonly RankedPlan[] {
  const cores = usePlaygroundState((state) => state.capabilities?.cores);
  return useMemo(
    () =>
      bestOfArrangements({
        ...prices,
        objective,
        sourceFps: SOURCE_FPS,
        ...(cores !== undefined && { cores }),
      }),
    [prices, objective, cores],
  );
}
