/** @file Roofline: what can this device do, and where do the model's layers lie under it? */
import { useMemo, useState } from 'react';
import type { ProcessorId } from '../../../core/profile/profile.ts';
import { processorName } from '../../../playground/plan-sentence.ts';
import { RooflineChart } from '../../charts/RooflineChart.tsx';
import { rooflinesOf, roofSeries } from '../../charts/roof-series.ts';
import { DeviceRemarks } from '../../components/DeviceRemarks.tsx';
import { Empty } from '../../components/Empty.tsx';
import { Finding } from '../../components/Finding.tsx';
import { MeasureThisDevice } from '../../components/MeasureThisDevice.tsx';
import { Section } from '../../components/Section.tsx';
import { downloadProfile } from '../../download-profile.ts';
import { usePlaygroundState } from '../../playground-context.ts';
import { LayersTable } from './LayersTable.tsx';
import { MetricsTable } from './MetricsTable.tsx';
import { layerRows, pointOf, rooflineFinding } from './roofline-view.ts';
import css from './RooflineScreen.module.css';

export function RooflineScreen() {
  const profile = usePlaygroundState((state) => state.profile);
  const layers = usePlaygroundState((state) => state.model?.description.forms.deploy.layers ?? null);
  const report = usePlaygroundState((state) => state.plan);
  const [chosen, choose] = useState<ProcessorId | null>(null);
  const roofs = useMemo(() => (profile ? rooflinesOf(profile) : []), [profile]);
  const series = useMemo(() => (profile ? roofSeries(profile) : []), [profile]);
  // Layers lie under one roof at a time: the one the plan measured first, unless the visitor chose.
  const roof = roofs.find(({ processor }) => processor === (chosen ?? report?.processors[0])) ?? roofs.at(-1);
  const rows = useMemo(() => (roof && layers ? layerRows(layers, roof, report) : []), [roof, layers, report]);
  const points = useMemo(() => rows.map(pointOf), [rows]);

  if (!profile) {
    return (
      <Empty
        title="What can this device do?"
        lede="Its Roofline says: how fast it computes, how fast it moves bytes, and which of the two a layer has to wait for."
      >
        <MeasureThisDevice />
      </Empty>
    );
  }
  const isSoftwareGpu = profile.environment.adapter?.isFallbackAdapter === true;
  const finding = rooflineFinding(roofs, layers ?? [], isSoftwareGpu);
  return (
    <div className={css['screen']}>
      <div className={css['main']}>
        <Finding lede={finding?.lede}>{finding?.what ?? 'No roof could be measured here.'}</Finding>
        {roof && (
          <>
            <RooflineChart title="Roofline of this device" roofs={series} points={points} />
            <div className={css['under']}>
              <Legend />
              <RoofPicker
                roofs={roofs.map(({ processor }) => processor)}
                value={roof.processor}
                onChange={choose}
              />
            </div>
            {rows.length > 0 && <LayersTable rows={rows} />}
          </>
        )}
      </div>
      <div className={css['side']}>
        <Section title="Measured" remark={`${profile.environment.browser}, median ± MAD, n`}>
          <MetricsTable metrics={profile.metrics} />
        </Section>
        <DeviceRemarks />
        <button onClick={() => downloadProfile(profile)}>Export this profile (JSON)</button>
      </div>
    </div>
  );
}

function Legend() {
  return (
    <ul className={css['legend']} aria-label="Legend">
      <li>
        <i className={css['gpu']} /> WebGPU
      </li>
      <li>
        <i className={css['cpu']} /> WASM
      </li>
      <li>
        <i className={css['ring']} /> roof allows
      </li>
      <li>
        <i className={css['disc']} /> achieved, area = share of time
      </li>
    </ul>
  );
}

interface RoofPickerProps {
  readonly roofs: readonly ProcessorId[];
  readonly value: ProcessorId;
  readonly onChange: (processor: ProcessorId) => void;
}

function RoofPicker({ roofs, value, onChange }: RoofPickerProps) {
  return (
    <label className={css['picker']}>
      Layers on
      <select
        value={value}
        onChange={({ target }) => {
          const found = roofs.find((processor) => processor === target.value);
          if (found) onChange(found);
        }}
      >
        {roofs.map((processor) => (
          <option key={processor} value={processor}>
            {processorName([processor], 0)}
          </option>
        ))}
      </select>
    </label>
  );
}
