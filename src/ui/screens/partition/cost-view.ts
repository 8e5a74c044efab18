/** @file The cost table's rows: each unit, or each layer of it, on each kind of processor, the plan's cuts between them. */
import type { CostModelId } from '../../../core/cost/cost-table.ts';
import { byteCount } from '../../../core/graph/model.ts';
import type { Prices } from '../../../core/planning/pricer.ts';
import { membersOf, type Plan, type Stage } from '../../../core/planning/plan.ts';
import type { ProcessorId } from '../../../core/profile/profile.ts';
import type { PlanReport, WorkCost } from '../../../playground/plan-report.ts';
import { secondsOf } from '../../../playground/plan-prices.ts';
import { processorName } from '../../../playground/plan-sentence.ts';

export const bytesAfter = (unit: number, { units }: Pick<Prices, 'units'>): number => {
  const value = units[unit]?.output;
  return value ? byteCount(value) : 0;
};

/** `WASM A`, `WASM A and WASM B in turn`, and of a single processor its name without a letter. */
export function stageNames(stage: Stage, kind: Plan['kind'], processors: readonly ProcessorId[]): string {
  if (kind === 'single') return processorName([stage.processor], 0);
  const names = membersOf(stage).map(({ processorIndex }) => processorName(processors, processorIndex));
  return names.length === 1 ? names.join('') : `${names.join(' and ')} in turn`;
}

export interface CostCell {
  readonly seconds: number;
  /** Of the dearest cell, 0 … 1. */
  readonly share: number;
  /** The plan runs it there. */
  readonly isRun: boolean;
}

export interface CostRow {
  readonly key: string;
  /** From 1; of a layer its unit's. */
  readonly unit: number;
  readonly work: WorkCost;
  /** One a column. */
  readonly cells: readonly CostCell[];
}

export interface CostStage {
  readonly stage: Stage;
  readonly rows: readonly CostRow[];
}

/** Positions of the first processor of each kind: equal ones have equal costs. */
export const columnsOf = (processors: readonly ProcessorId[]): readonly number[] =>
  processors.flatMap((processor, p) => (processors.indexOf(processor) === p ? [p] : []));

/** The rows of each stage: its units, or with the number of layers in each unit its layers. */
export function costStages(
  { units, layers, processors }: Pick<PlanReport, 'units' | 'layers' | 'processors'>,
  model: CostModelId,
  { stages }: Pick<Plan, 'stages'>,
  layerCounts: readonly number[] | null = null,
): readonly CostStage[] {
  const columns = columnsOf(processors);
  const work = layerCounts ? layers : units;
  const unitOf = layerCounts?.flatMap((count, u) => Array<number>(count).fill(u)) ?? units.map((_, u) => u);
  const costOf = (each: WorkCost, p: number): number => secondsOf(each, model)?.[p] ?? 0;
  const most = Math.max(...work.flatMap((each) => columns.map((p) => costOf(each, p))));
  return stages.map((stage) => {
    const runners = membersOf(stage).map(({ processor }) => processor);
    const rows = work.flatMap((each, i): CostRow[] => {
      const u = unitOf[i] ?? 0;
      if (u < stage.fromUnit || u > stage.toUnit) return [];
      const cells = columns.map((p) => ({
        seconds: costOf(each, p),
        share: most > 0 ? costOf(each, p) / most : 0,
        isRun: runners.includes(processors[p] ?? 'wasm:1'),
      }));
      return [{ key: `${i} ${each.name}`, unit: u + 1, work: each, cells }];
    });
    return { stage, rows };
  });
}
