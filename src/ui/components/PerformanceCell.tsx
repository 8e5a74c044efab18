/** @file A figure as measured, and under it what was predicted and how far off that was. */
import { deviation, figure } from '../number-format.ts';
import css from './PerformanceCell.module.css';

interface Props {
  readonly measured: number | null;
  readonly predicted: number | null;
}

export function PerformanceCell({ measured, predicted }: Props) {
  return (
    <td className={css['performance']}>
      {measured === null ? '–' : figure(measured)}
      {predicted !== null && (
        <small>
          pred. {figure(predicted)}
          {measured !== null && <span> {deviation(measured / predicted - 1)}</span>}
        </small>
      )}
    </td>
  );
}
