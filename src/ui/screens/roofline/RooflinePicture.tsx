/** @file The chart with what belongs to it: what its marks mean, what is shown, whose layers, and the layers as a table. */
import { useMemo, useState, type Ref } from 'react';
import type { DeviceProfile, ProcessorId } from '../../../core/profile/profile.ts';
import type { Roofline } from '../../../core/roofline/roofline.ts';
import { ceilingLines, levelLines, sweepMarks } from '../../charts/ceiling-series.ts';
import { groupsOf, type ChartGroup } from '../../charts/chart-groups.ts';
import { RooflineChart } from '../../charts/RooflineChart.tsx';
import { roofSeries } from '../../charts/roof-series.ts';
import { ChartGroups } from './ChartGroups.tsx';
import { LayersTable } from './LayersTable.tsx';
import { Legend } from './Legend.tsx';
import { RoofPicker } from './RoofPicker.tsx';
import { pointOf, type LayerRow } from './roofline-view.ts';
import css from './RooflineScreen.module.css';

interface Props {
  readonly profile: DeviceProfile;
  readonly roofs: readonly Roofline[];
  /** The layers of the model under `roof`. */
  readonly rows: readonly LayerRow[];
  readonly roof: Roofline;
  readonly onRoof: (processor: ProcessorId) => void;
  readonly svgRef: Ref<SVGSVGElement>;
}

/** On a phone the roofs and the layers are enough to begin with. */
const atFirst = (): ReadonlySet<ChartGroup> =>
  new Set(window.matchMedia('(max-width: 760px)').matches ? ['levels', 'ceilings', 'sweep'] : []);

export function RooflinePicture({ profile, roofs, rows, roof, onRoof, svgRef }: Props) {
  const [hidden, setHidden] = useState(atFirst);
  const lines = useMemo(
    () => ({
      roofs: roofSeries(profile),
      levels: levelLines(profile),
      ceilings: ceilingLines(profile),
      sweep: sweepMarks(profile),
    }),
    [profile],
  );
  const drawn = useMemo(() => ({ ...lines, points: rows.map(pointOf) }), [lines, rows]);
  return (
    <>
      <RooflineChart title="Roofline of this device" drawn={drawn} hidden={hidden} svgRef={svgRef} />
      <div className={css['under']}>
        <Legend hasLayers={rows.length > 0} />
        {rows.length > 0 && (
          <RoofPicker
            label="Layers on"
            roofs={roofs.map(({ processor }) => processor)}
            value={roof.processor}
            onChange={onRoof}
          />
        )}
      </div>
      <ChartGroups groups={groupsOf(drawn)} hidden={hidden} onChange={setHidden} />
      {rows.length > 0 && <LayersTable rows={rows} />}
    </>
  );
}
