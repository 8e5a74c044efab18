/** @file The model from input to output, a column a unit: its height is its time where it runs, its colour who runs it. */
import type { CSSProperties } from 'react';
import type { Prices } from '../../../core/planning/pricer.ts';
import type { Plan } from '../../../core/planning/plan.ts';
import { cutRange, moveCut, type WhatIf } from '../../../core/planning/what-if.ts';
import type { ProcessorId } from '../../../core/profile/profile.ts';
import { fillOf, toneIn } from '../../charts/tone.ts';
import { bytes, seconds } from '../../number-format.ts';
import { bytesAfter, stageNames } from './cost-view.ts';
import css from './ModelCuts.module.css';

interface Props {
  readonly shown: WhatIf;
  readonly prices: Prices;
  readonly processors: readonly ProcessorId[];
  readonly onMove: (plan: Plan) => void;
}

export function ModelCuts({ shown: { plan, predicted }, prices, processors, onMove }: Props) {
  const units = prices.units.map((_, u) => {
    const stage = plan.stages.find(({ fromUnit, toUnit }) => u >= fromUnit && u <= toUnit);
    const p = stage?.processorIndex ?? 0;
    return { tone: toneIn(plan, p), cost: prices.costs.seconds[p]?.[u] ?? 0 };
  });
  const most = Math.max(...units.map(({ cost }) => cost));
  const cuts = plan.stages.slice(0, -1);
  return (
    <div className={css['cuts']} style={variable('--units', units.length)}>
      <div className={css['strip']} aria-hidden>
        {units.map(({ tone, cost }, u) => (
          <i
            key={u}
            title={`unit ${u + 1}: ${seconds(cost)}`}
            style={{ height: `${most > 0 ? (cost / most) * 100 : 0}%`, background: fillOf(tone) }}
          />
        ))}
        {cuts.map(({ toUnit }, s) => (
          <b key={s} data-lower={s % 2 === 1 || undefined} style={variable('--after', toUnit + 1)}>
            <span>{bytes(bytesAfter(toUnit, prices))}</span>
          </b>
        ))}
      </div>
      {cuts.map((stage, s) => (
        <CutSlider
          key={s}
          {...{ plan, s, prices, processors, onMove }}
          units={units.length}
          at={stage.toUnit}
        />
      ))}
      <ul className={css['owners']}>
        {plan.stages.map((stage, s) => (
          <li key={s}>
            <i style={{ background: fillOf(toneIn(plan, stage.processorIndex)) }} />
            {stageNames(stage, plan.kind, processors)}: units {stage.fromUnit + 1}–{stage.toUnit + 1},{' '}
            {seconds(predicted.stageSeconds[s] ?? 0)} a frame
          </li>
        ))}
      </ul>
    </div>
  );
}

interface SliderProps {
  readonly plan: Plan;
  readonly s: number;
  readonly at: number;
  readonly units: number;
  readonly prices: Prices;
  readonly processors: readonly ProcessorId[];
  readonly onMove: (plan: Plan) => void;
}

/** Its thumb lies under the cut that it moves. */
function CutSlider({ plan, s, at, units, prices, processors, onMove }: SliderProps) {
  const [before, after] = [plan.stages[s], plan.stages[s + 1]];
  if (!before || !after) return null;
  const names = [before, after].map((stage) => stageNames(stage, plan.kind, processors));
  const { min, max } = cutRange(plan, s);
  return (
    <input
      type="range"
      className={css['slider']}
      aria-label={`Cut between ${names.join(' and ')}`}
      aria-valuetext={`after unit ${at + 1}, ${bytes(bytesAfter(at, prices))} cross it`}
      aria-valuemin={min + 1}
      aria-valuemax={max + 1}
      min={1}
      max={units - 1}
      value={at + 1}
      onChange={({ target }) => onMove(moveCut(plan, s, target.valueAsNumber - 1))}
    />
  );
}

/** Custom properties are not in React's style type. */
const variable = (name: `--${string}`, value: number): CSSProperties => ({ [name]: value });
