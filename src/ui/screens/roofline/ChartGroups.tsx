/** @file What of the chart is shown: a checkbox a group, with its mark. */
import type { ChartGroup } from '../../charts/chart-groups.ts';
import css from './Legend.module.css';

interface Props {
  readonly groups: readonly ChartGroup[];
  readonly hidden: ReadonlySet<ChartGroup>;
  readonly onChange: (hidden: ReadonlySet<ChartGroup>) => void;
}

const NAMES: Readonly<Record<ChartGroup, string>> = {
  layers: 'layers',
  levels: 'caches',
  ceilings: 'other arithmetic',
  sweep: 'sweep: one kernel, more arithmetic a byte',
};

export function ChartGroups({ groups, hidden, onChange }: Props) {
  if (groups.length === 0) return null;
  const toggle = (group: ChartGroup): void => {
    const next = new Set(hidden);
    if (!next.delete(group)) next.add(group);
    onChange(next);
  };
  return (
    <fieldset className={css['groups']}>
      <legend className="visually-hidden">Shown in the chart</legend>
      {groups.map((group) => (
        <label key={group}>
          <input type="checkbox" checked={!hidden.has(group)} onChange={() => toggle(group)} />
          <GroupMark group={group} />
          {NAMES[group]}
        </label>
      ))}
    </fieldset>
  );
}

function GroupMark({ group }: { readonly group: ChartGroup }) {
  return (
    <svg className={css['groupMark']} width={20} height={14} aria-hidden>
      {group === 'layers' && <circle cx={10} cy={7} r={5} className={css['filled']} />}
      {group === 'levels' && <path d="M2 13 L18 1" />}
      {group === 'ceilings' && <path d="M1 7 H19" />}
      {group === 'sweep' && (
        <>
          <rect x={1.5} y={4} width={6} height={6} />
          <rect x={11} y={4} width={6} height={6} transform="rotate(45 14 7)" />
        </>
      )}
    </svg>
  );
}
