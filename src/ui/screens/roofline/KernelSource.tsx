/** @file The kernel behind a figure, as it was compiled; fetched when it is asked for. */
import { useState } from 'react';
import type { Metric } from '../../../core/profile/profile.ts';
import { kernelSource, type KernelSource as Source } from '../../../playground/kernel-sources.ts';
import { Scroll } from '../../components/Scroll.tsx';
import css from './MeasurementDetail.module.css';

type Loaded =
  | { readonly status: 'closed' | 'loading' | 'none' | 'failed' }
  | { readonly status: 'open'; readonly source: Source };

export function KernelSource({ metric }: { readonly metric: Metric }) {
  const [loaded, setLoaded] = useState<Loaded>({ status: 'closed' });
  const isOpen = loaded.status !== 'closed';
  const toggle = (): void => {
    if (isOpen) {
      setLoaded({ status: 'closed' });
      return;
    }
    setLoaded({ status: 'loading' });
    kernelSource(metric).then(
      (source) => setLoaded(source ? { status: 'open', source } : { status: 'none' }),
      () => setLoaded({ status: 'failed' }),
    );
  };
  return (
    <div className={css['kernel']}>
      <button aria-expanded={isOpen} onClick={toggle}>
        Kernel source
      </button>
      <div role="status">
        {loaded.status === 'loading' && 'Loading …'}
        {loaded.status === 'none' && 'This version has no kernel of that name.'}
        {loaded.status === 'failed' && 'The source could not be loaded. Are you online? Try again.'}
      </div>
      {loaded.status === 'open' && <Code source={loaded.source} />}
    </div>
  );
}

function Code({ source: { title, description, language, code } }: { readonly source: Source }) {
  return (
    <div>
      <p>
        <strong>{title}</strong> ({language}): {description}
      </p>
      <Scroll label={`Source of ${title}`}>
        <pre>{code}</pre>
      </Scroll>
    </div>
  );
}
