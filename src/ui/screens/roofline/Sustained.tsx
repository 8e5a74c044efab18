/** @file Two minutes of arithmetic on one processor: what heat leaves of the first seconds, drawn while it runs. */
import { useState } from 'react';
import type { ProcessorId } from '../../../core/profile/profile.ts';
import { Section } from '../../components/Section.tsx';
import { usePlayground, usePlaygroundState, useRunningTask } from '../../playground-context.ts';
import { DriftChart } from './DriftChart.tsx';
import { RoofPicker } from './RoofPicker.tsx';
import css from './RooflineScreen.module.css';
import { sustainedFinding } from './sustained-view.ts';

export function Sustained({ processors }: { readonly processors: readonly ProcessorId[] }) {
  const playground = usePlayground();
  const sustained = usePlaygroundState((state) => state.sustained);
  const isRunning = usePlaygroundState((state) => state.sustainTask.status === 'running');
  const busy = useRunningTask() !== null;
  const [chosen, choose] = useState<ProcessorId | null>(null);
  const processor = processors.find((id) => id === chosen) ?? processors.at(-1);
  if (processor === undefined) return null;
  return (
    <Section title="Sustained" remark="does it slow down when it gets warm?">
      <div className={css['actions']}>
        <RoofPicker label="On" roofs={processors} value={processor} disabled={busy} onChange={choose} />
        {isRunning ? (
          <button onClick={() => playground.cancel()}>Stop</button>
        ) : (
          <button disabled={busy} onClick={() => void playground.sustain(processor)}>
            Sustained, 2 min
          </button>
        )}
      </div>
      {sustained && sustained.samples.length > 0 && (
        <>
          <DriftChart sustained={sustained} />
          <p className={css['note']} role={isRunning ? undefined : 'status'}>
            {sustainedFinding(sustained) ?? 'The first twenty seconds say nothing of warmth yet.'}
          </p>
        </>
      )}
    </Section>
  );
}
