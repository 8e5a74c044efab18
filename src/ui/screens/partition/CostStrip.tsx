/** @file The model from input to output as one strip: a unit's width is its time, its colour the processor that has it. */
import { membersOf, type Stage } from '../../../core/planning/plan.ts';
import type { PlanReport } from '../../../playground/plan-report.ts';
import { processorName } from '../../../playground/plan-sentence.ts';
import { fillOf, toneOf } from '../../charts/tone.ts';
import { percent, seconds } from '../../number-format.ts';
import css from './PartitionScreen.module.css';

/** `WASM A`, or `WASM A and WASM B in turn`. */
function namesOf(stage: Stage, processors: PlanReport['processors']): string {
  const names = membersOf(stage).map(({ processorIndex }) => processorName(processors, processorIndex));
  return names.length === 1 ? names.join('') : `${names.join(' and ')} in turn`;
}

export function CostStrip({ report: { chosen, units, processors } }: { readonly report: PlanReport }) {
  const costs = units.map((unit) => unit.measured ?? unit.roofline);
  const stageOf = (u: number) => chosen.stages.find((stage) => u >= stage.fromUnit && u <= stage.toUnit);
  const stages = chosen.stages.map((stage) => {
    const mine = costs.slice(stage.fromUnit, stage.toUnit + 1);
    return { ...stage, seconds: mine.reduce((sum, cost) => sum + (cost[stage.processorIndex] ?? 0), 0) };
  });
  const first = costs.reduce((sum, cost) => sum + (cost[0] ?? 0), 0);
  const total = stages.reduce((sum, stage) => sum + stage.seconds, 0);
  return (
    <>
      <div className={css['strip']} aria-hidden>
        {units.map((unit, u) => {
          const stage = stageOf(u);
          const tone = toneOf(processors, stage?.processorIndex ?? 0);
          return (
            <i
              key={unit.name}
              data-cut={(u > 0 && stage?.fromUnit === u) || undefined}
              title={`${unit.name}: ${seconds(costs[u]?.[stage?.processorIndex ?? 0] ?? 0)}`}
              style={{
                flexGrow: ((costs[u]?.[0] ?? 0) / first) * 1000,
                flexBasis: 0,
                background: fillOf(tone),
              }}
            />
          );
        })}
      </div>
      <ul className={css['owners']}>
        {stages.map((stage) => (
          <li key={stage.processorIndex}>
            <i style={{ background: fillOf(toneOf(processors, stage.processorIndex)) }} />
            {chosen.kind === 'single' ? processorName([stage.processor], 0) : namesOf(stage, processors)}:
            units {stage.fromUnit + 1}–{stage.toUnit + 1}, {seconds(stage.seconds)} a frame (
            {percent(total > 0 ? stage.seconds / total : 0)})
          </li>
        ))}
      </ul>
    </>
  );
}
