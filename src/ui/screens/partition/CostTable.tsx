/** @file Units × processors: measured seconds as heat, the Roofline's lower bound beside them. */
import type { CSSProperties } from 'react';
import type { PlanReport } from '../../../playground/plan-report.ts';
import { processorName } from '../../../playground/plan-sentence.ts';
import { fillOf, toneOf } from '../../charts/tone.ts';
import { Scroll } from '../../components/Scroll.tsx';
import { bytes, flops, seconds } from '../../number-format.ts';
import css from './PartitionScreen.module.css';

export function CostTable({ report: { units, processors } }: { readonly report: PlanReport }) {
  // Equal processors have equal costs: one column each kind.
  const columns = processors.flatMap((processor, p) => (processors.indexOf(processor) === p ? [p] : []));
  const all = units.flatMap((unit) => columns.map((p) => (unit.measured ?? unit.roofline)[p] ?? 0));
  const largest = Math.max(...all);
  return (
    <Scroll label="Costs">
      <table>
        <thead>
          <tr>
            <th scope="col">Unit</th>
            <th scope="col">work</th>
            <th scope="col">moved</th>
            {columns.flatMap((p) => [
              <th scope="col" key={`${p} measured`}>
                {processorName([processors[p] ?? 'wasm:1'], 0)}
              </th>,
              <th scope="col" key={`${p} roofline`}>
                its roof allows
              </th>,
            ])}
          </tr>
        </thead>
        <tbody>
          {units.map((unit, u) => (
            <tr key={unit.name}>
              <td>
                {u + 1} {unit.name}
              </td>
              <td>{flops(unit.flop)}</td>
              <td>{bytes(unit.bytes)}</td>
              {columns.flatMap((p) => [
                <td
                  key={`${p} measured`}
                  className={css['heat']}
                  style={heat((unit.measured?.[p] ?? 0) / largest, fillOf(toneOf(processors, p)))}
                >
                  <span>{unit.measured ? seconds(unit.measured[p] ?? 0) : '–'}</span>
                </td>,
                <td key={`${p} roofline`} className={css['predicted']}>
                  {seconds(unit.roofline[p] ?? 0)}
                </td>,
              ])}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

/** Custom properties are not in React's style type. */
const heat = (share: number, tone: string): CSSProperties =>
  ({ '--share': share, '--tone': tone }) as CSSProperties;
