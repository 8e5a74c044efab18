/** @file Roofline: what can this device do, and where do the model's layers lie under it? */
import { memo, useDeferredValue, useMemo, useRef, useState } from 'react';
import type { DeviceProfile, ProcessorId } from '../../../core/profile/profile.ts';
import { rooflinesOf } from '../../charts/roof-series.ts';
import { DeviceRemarks } from '../../components/DeviceRemarks.tsx';
import { Empty } from '../../components/Empty.tsx';
import { Finding } from '../../components/Finding.tsx';
import { MeasureThisDevice } from '../../components/MeasureThisDevice.tsx';
import { Section } from '../../components/Section.tsx';
import { usePlaygroundState } from '../../playground-context.ts';
import { CeilingsTable } from './CeilingsTable.tsx';
import { DeviceFacts } from './DeviceFacts.tsx';
import { ExportButtons } from './ExportButtons.tsx';
import { MeasureMore } from './MeasureMore.tsx';
import { Measurements } from './Measurements.tsx';
import { ProfileRemarks } from './ProfileRemarks.tsx';
import { RooflinePicture } from './RooflinePicture.tsx';
import { profileNote } from './roofline-remarks.ts';
import { layerRows, rooflineFinding } from './roofline-view.ts';
import css from './RooflineScreen.module.css';
import { SkippedSteps } from './SkippedSteps.tsx';
import { Sustained } from './Sustained.tsx';

export function RooflineScreen() {
  const measured = usePlaygroundState((state) => state.profile);
  // Everything here hangs on the profile. As a deferred value it is drawn in slices, and the page answers meanwhile.
  const profile = useDeferredValue(measured, null);
  if (profile) return <MeasuredRoofline profile={profile} />;
  if (measured) return null;
  return (
    <Empty
      title="What can this device do?"
      lede="Its Roofline says: how fast it computes, how fast it moves bytes, and which of the two a layer has to wait for."
    >
      <MeasureThisDevice />
    </Empty>
  );
}

const MeasuredRoofline = memo(function MeasuredRoofline({ profile }: { readonly profile: DeviceProfile }) {
  const layers = usePlaygroundState((state) => state.model?.description.forms.deploy.layers ?? null);
  const report = usePlaygroundState((state) => state.plan);
  // Long tables that begin below the screen come in a slice of their own.
  const below = useDeferredValue(profile, null);
  const [chosen, choose] = useState<ProcessorId | null>(null);
  const chart = useRef<SVGSVGElement>(null);
  const roofs = useMemo(() => rooflinesOf(profile), [profile]);
  // Layers lie under one roof at a time: the one the plan measured first, unless the visitor chose.
  const roof = roofs.find(({ processor }) => processor === (chosen ?? report?.processors[0])) ?? roofs.at(-1);
  const rows = useMemo(() => (roof && layers ? layerRows(layers, roof, report) : []), [roof, layers, report]);
  const isSoftwareGpu = profile.environment.adapter?.isFallbackAdapter === true;
  const finding = rooflineFinding(roofs, layers ?? [], isSoftwareGpu);
  return (
    <div className={css['page']}>
      <div className={css['screen']}>
        <div className={css['main']}>
          <Finding lede={finding?.lede}>{finding?.what ?? 'No roof could be measured here.'}</Finding>
          {roof && <RooflinePicture {...{ profile, roofs, rows, roof }} onRoof={choose} svgRef={chart} />}
        </div>
        <Figures profile={profile} />
        <div className={css['more']}>
          <div className={css['stack']}>
            <Section title="Measure more" remark={profileNote(profile)}>
              <MeasureMore profile={profile} />
            </Section>
            <Section title="Export" remark="chart and profile, as files of your own">
              <ExportButtons profile={profile} chart={chart} hasChart={roof !== undefined} />
            </Section>
          </div>
          {roofs.length > 0 && <Sustained processors={roofs.map(({ processor }) => processor)} />}
        </div>
      </div>
      {below && (
        <>
          <Measurements profile={below} />
          <DeviceFacts profile={below} />
        </>
      )}
    </div>
  );
});

/** Beside the chart: its figures, and what they say. */
function Figures({ profile }: { readonly profile: DeviceProfile }) {
  return (
    <div className={css['side']}>
      <Section title="Ceilings" remark="median ± half its 95 % interval (~ MAD where n is too small)">
        <CeilingsTable profile={profile} />
      </Section>
      <SkippedSteps profile={profile} />
      <ProfileRemarks profile={profile} />
      <DeviceRemarks />
    </div>
  );
}
