/** @file The full profile; the quick one is the button of the header. */
import type { DeviceProfile } from '../../../core/profile/profile.ts';
import { usePlayground, useRunningTask } from '../../playground-context.ts';
import css from './RooflineScreen.module.css';

export function MeasureMore({ profile }: { readonly profile: DeviceProfile }) {
  const playground = usePlayground();
  const busy = useRunningTask() !== null;
  return (
    <>
      <div className={css['actions']}>
        <button disabled={busy} onClick={() => void playground.measure([], 'full')}>
          Full profile (45 s)
        </button>
      </div>
      <p className={css['note']}>
        {profile.effort === 'full'
          ? 'Caches, other arithmetic and sweeps are in it. Live stops while it is taken.'
          : 'It adds caches, other arithmetic, sweeps over sizes and intensities, and kernel shapes. Live stops while it is taken.'}
      </p>
    </>
  );
}
