/** @file What is asked of the design: wishes it has to keep, and what it shall be best at beyond them. */
import { X } from 'lucide-react';
import { useId } from 'react';
import {
  GOALS,
  type Goal,
  type Nearest,
  type Wish,
  type WishId,
} from '../../../core/codesign/constraints.ts';
import type { Design } from '../../../core/codesign/design.ts';
import { Choice } from '../../components/Choice.tsx';
import { Section } from '../../components/Section.tsx';
import { relaxed, wishText } from './codesign-view.ts';
import css from './Wishes.module.css';

const GOAL_NAMES: Readonly<Record<Goal, string>> = {
  accuracy: 'most accurate',
  throughput: 'fastest',
  latency: 'snappiest',
};

interface WishRow {
  readonly id: WishId;
  readonly name: string;
  readonly bound: string;
  readonly unit: string;
  readonly step: number;
}

const ROWS: readonly WishRow[] = [
  { id: 'leastFps', name: 'Least throughput', bound: 'at least', unit: 'frames/s', step: 1 },
  {
    id: 'mostPointsLost',
    name: 'Most accuracy lost',
    bound: 'at most',
    unit: 'points below the best',
    step: 0.5,
  },
  { id: 'mostLatencyMs', name: 'Most latency', bound: 'at most', unit: 'ms a frame', step: 1 },
];

interface Props {
  /** As it is shown: points of what the chart shows. */
  readonly wish: Wish;
  readonly goal: Goal;
  /** Where nothing keeps every wish, what comes nearest. */
  readonly near: Nearest<Design> | null;
  readonly onWish: (wish: Wish) => void;
  readonly onGoal: (goal: Goal) => void;
}

export function Wishes({ wish, goal, near, onWish, onGoal }: Props) {
  const relax = near && {
    ...wish,
    ...Object.fromEntries(near.breaks.map((each) => [each.wish, relaxed(each)])),
  };
  return (
    <Section title="Wishes" remark="they choose the design">
      <div className={css['wishes']}>
        {ROWS.map((row) => (
          <Row
            key={row.id}
            row={row}
            value={wish[row.id]}
            isBroken={near?.breaks.some((each) => each.wish === row.id) ?? false}
            onChange={(value) => onWish({ ...wish, [row.id]: value })}
          />
        ))}
        <div className={css['goal']}>
          <span>of these the</span>
          <Choice
            label="Best at"
            options={GOALS.map((id) => ({ id, name: GOAL_NAMES[id] }))}
            value={goal}
            onChange={onGoal}
          />
        </div>
        {near && relax && (
          <div className={css['relax']} role="status">
            <p>
              <strong>Nothing keeps all of that.</strong> The nearest design:{' '}
              {near.breaks
                .map((each) => wishText(each.wish, relaxed(each)).replace(/^at \w+ /, ''))
                .join(' and ')}
              .
            </p>
            <button onClick={() => onWish(relax)}>
              Relax to {near.breaks.map((each) => wishText(each.wish, relaxed(each))).join(' and ')}
            </button>
          </div>
        )}
      </div>
    </Section>
  );
}

interface RowProps {
  readonly row: WishRow;
  readonly value: number | null;
  readonly isBroken: boolean;
  readonly onChange: (value: number | null) => void;
}

function Row({ row: { name, bound, unit, step }, value, isBroken, onChange }: RowProps) {
  const id = useId();
  return (
    <div className={css['row']}>
      <label htmlFor={id}>{bound}</label>
      <input
        id={id}
        type="number"
        inputMode="decimal"
        min={0}
        step={step}
        placeholder="any"
        aria-label={`${name}: ${bound}, ${unit}`}
        aria-invalid={isBroken}
        value={value ?? ''}
        onChange={({ target: { valueAsNumber } }) => onChange(valueAsNumber >= 0 ? valueAsNumber : null)}
      />
      <span>{unit}</span>
      {value !== null && (
        <button onClick={() => onChange(null)} aria-label={`Clear: ${name.toLowerCase()}`}>
          <X size={18} aria-hidden />
        </button>
      )}
    </div>
  );
}
