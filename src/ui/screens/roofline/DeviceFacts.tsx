/** @file What the browser tells of this device. */
import { useSyncExternalStore } from 'react';
import type { DeviceProfile } from '../../../core/profile/profile.ts';
import { Section } from '../../components/Section.tsx';
import { usePlaygroundState } from '../../playground-context.ts';
import { deviceFacts } from './device-facts.ts';
import css from './RooflineScreen.module.css';

function onVisibility(changed: () => void): () => void {
  document.addEventListener('visibilitychange', changed);
  return () => document.removeEventListener('visibilitychange', changed);
}
const isVisibleNow = (): boolean => document.visibilityState === 'visible';

export function DeviceFacts({ profile }: { readonly profile: DeviceProfile }) {
  const capabilities = usePlaygroundState((state) => state.capabilities);
  const isVisible = useSyncExternalStore(onVisibility, isVisibleNow);
  if (!capabilities) return null;
  const wasHidden = profile.metrics.some(({ warnings }) => warnings.includes('tab-hidden'));
  return (
    <Section title="Device facts" remark="Nothing of this leaves the page.">
      <dl className={css['facts']}>
        {deviceFacts(capabilities, { isVisible, wasHidden }).map(({ name, values }) => (
          <Fact key={name} name={name} values={values} />
        ))}
      </dl>
    </Section>
  );
}

/** Longer lists begin folded. */
const LONG = 6;

function Fact({ name, values }: { readonly name: string; readonly values: readonly string[] }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        {values.length === 1 ? (
          values[0]
        ) : values.length <= LONG ? (
          <Values values={values} />
        ) : (
          <details>
            <summary>{values.length} of them</summary>
            <Values values={values} />
          </details>
        )}
      </dd>
    </>
  );
}

function Values({ values }: { readonly values: readonly string[] }) {
  return (
    <ul>
      {values.map((value) => (
        <li key={value}>{value}</li>
      ))}
    </ul>
  );
}
