/** @file Units or layers × processors as heat, for each cost model; who runs what, and the cuts between. */
import { useState, type CSSProperties } from 'react';
import type { Plan } from '../../../core/planning/plan.ts';
import type { Prices } from '../../../core/planning/pricer.ts';
import { costModelsOf } from '../../../playground/plan-prices.ts';
import type { PlanReport } from '../../../playground/plan-report.ts';
import { processorName } from '../../../playground/plan-sentence.ts';
import { fillOf, toneIn, toneOf } from '../../charts/tone.ts';
import { Choice } from '../../components/Choice.tsx';
import { Scroll } from '../../components/Scroll.tsx';
import { Section } from '../../components/Section.tsx';
import { bytes, figure, flops } from '../../number-format.ts';
import { bytesAfter, columnsOf, costStages, stageNames, type CostRow } from './cost-view.ts';
import css from './CostTable.module.css';
import { COST_MODEL_NAME, COST_MODEL_TEXT } from './partition-text.ts';

interface Props {
  readonly report: PlanReport;
  readonly plan: Plan;
  readonly prices: Prices | null;
  /** How many layers each unit has. */
  readonly layerCounts: readonly number[];
}

const ROWS = ['units', 'layers'] as const;

export function CostTable({ report, plan, prices, layerCounts }: Props) {
  const models = costModelsOf(report);
  const [wanted, setWanted] = useState(models[0] ?? 'roofline');
  const [by, setBy] = useState<(typeof ROWS)[number]>('units');
  const model = models.includes(wanted) ? wanted : 'roofline';
  const { processors } = report;
  const columns = columnsOf(processors);
  const stages = costStages(report, model, plan, by === 'layers' ? layerCounts : null);
  return (
    <Section
      title="What each part costs on each processor"
      remark="ms, working alone; the darker, the longer; underlined where it runs"
    >
      <div className={css['choices']}>
        <Choice
          label="Costs as"
          options={models.map((id) => ({ id, name: COST_MODEL_NAME[id] }))}
          value={model}
          onChange={setWanted}
        />
        {layerCounts.some((count) => count > 1) && (
          <Choice
            label="A row for each of the"
            options={ROWS.map((id) => ({ id, name: id }))}
            value={by}
            onChange={setBy}
          />
        )}
        <small>
          {COST_MODEL_NAME[model]}: {COST_MODEL_TEXT[model]}. A unit ends where the model can be cut.
        </small>
      </div>
      <Scroll label="Costs">
        <table className={css['costs']}>
          <thead>
            <tr>
              <th scope="col">{by === 'units' ? 'Unit' : 'Layer'}</th>
              {columns.map((p) => (
                <th scope="col" key={p}>
                  {processorName([processors[p] ?? 'wasm:1'], 0)}
                </th>
              ))}
            </tr>
          </thead>
          {stages.map(({ stage, rows }) => (
            <tbody key={stage.fromUnit}>
              <tr className={css['stage']}>
                <th scope="rowgroup" colSpan={1 + columns.length}>
                  {stage.fromUnit > 0 && <small>{cutText(stage.fromUnit, prices)}</small>}
                  <i style={{ background: fillOf(toneIn(plan, stage.processorIndex)) }} />
                  {stageNames(stage, plan.kind, processors)}
                </th>
              </tr>
              {rows.map((row) => (
                <Row key={row.key} row={row} processors={processors} columns={columns} />
              ))}
            </tbody>
          ))}
        </table>
      </Scroll>
    </Section>
  );
}

/** Of the cut before unit `next`, from 0. */
const cutText = (next: number, prices: Prices | null): string =>
  `Cut after unit ${next}${prices ? `: ${bytes(bytesAfter(next - 1, prices))} cross it` : ''}`;

interface RowProps {
  readonly row: CostRow;
  readonly processors: PlanReport['processors'];
  readonly columns: readonly number[];
}

function Row({ row: { unit, work, cells }, processors, columns }: RowProps) {
  return (
    <tr>
      <th scope="row">
        {unit} {work.name}{' '}
        <small>
          {flops(work.flop)}, {bytes(work.bytes)}
        </small>
      </th>
      {cells.map(({ seconds, share, isRun }, c) => (
        <td
          key={columns[c]}
          className={css['heat']}
          data-run={isRun || undefined}
          style={heat(share, fillOf(toneOf(processors, columns[c] ?? 0)))}
        >
          {/* The engine runs it inside another. */}
          {seconds === 0 && work.flop > 0 ? 'merged' : figure(seconds * 1000)}
        </td>
      ))}
    </tr>
  );
}

/** Custom properties are not in React's style type. */
const heat = (share: number, tone: string): CSSProperties =>
  ({ '--share': `${(share * 50).toFixed(1)}%`, '--tone': tone }) as CSSProperties;
