/** @file What was left out because it killed the tab or hung the last time, and the way to try it again. */
import type { DeviceProfile } from '../../../core/profile/profile.ts';
import { metricName } from '../../components/metric-name.ts';
import { Remark } from '../../components/Remark.tsx';
import { usePlayground, useRunningTask } from '../../playground-context.ts';
import css from './RooflineScreen.module.css';

export function SkippedSteps({ profile }: { readonly profile: DeviceProfile }) {
  const playground = usePlayground();
  const busy = useRunningTask() !== null;
  const skipped = profile.metrics.filter(({ status }) => status === 'skipped');
  if (skipped.length === 0) return null;
  const again = (): void => {
    playground.retrySkipped();
    void playground.measure([], profile.effort ?? 'quick');
  };
  const reasons = [...new Set(skipped.flatMap(({ reason }) => reason ?? []))];
  return (
    <div className={css['skipped']}>
      <Remark
        title={skipped.length === 1 ? 'One figure was left out' : `${skipped.length} figures were left out`}
      >
        {skipped.map(metricName).join(', ')}. {reasons.join(' ')}
      </Remark>
      <button disabled={busy} onClick={again}>
        Try them again
      </button>
    </div>
  );
}
