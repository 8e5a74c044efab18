/** @file Chart and profile as files: the only way anything leaves the page, and by the visitor's own hand. */
import type { RefObject } from 'react';
import { profileCsv } from '../../../core/profile/csv.ts';
import type { DeviceProfile } from '../../../core/profile/profile.ts';
import { downloadText } from '../../../platform/files.ts';
import { pngOf, standaloneSvg } from '../../charts/chart-image.ts';
import { downloadBlob, downloadProfile, fileName } from '../../download-profile.ts';
import { usePlayground } from '../../playground-context.ts';
import css from './RooflineScreen.module.css';
import { profileNote } from './roofline-remarks.ts';

interface Props {
  readonly profile: DeviceProfile;
  readonly chart: RefObject<SVGSVGElement | null>;
  readonly hasChart: boolean;
}

export function ExportButtons({ profile, chart, hasChart }: Props) {
  const playground = usePlayground();
  const svg = (): string | null =>
    chart.current && standaloneSvg(chart.current, [profile.name, `${profileNote(profile)} · Ridgepoint`]);
  const saveSvg = (): void => {
    const text = svg();
    if (text !== null) downloadText(fileName(profile, 'roofline.svg'), text, 'image/svg+xml');
  };
  const savePng = async (): Promise<void> => {
    const text = svg();
    if (text === null) return;
    try {
      downloadBlob(fileName(profile, 'roofline.png'), await pngOf(text, 2));
    } catch (thrown) {
      playground.report({
        code: 'unexpected',
        detail: thrown instanceof Error ? thrown.message : 'no picture',
      });
    }
  };
  return (
    <div className={css['actions']}>
      {hasChart && (
        <>
          <button onClick={() => void savePng()}>Chart (PNG)</button>
          <button onClick={saveSvg}>Chart (SVG)</button>
        </>
      )}
      <button onClick={() => downloadText(fileName(profile, 'csv'), profileCsv(profile), 'text/csv')}>
        Table (CSV)
      </button>
      <button onClick={() => downloadProfile(profile)}>Profile (JSON)</button>
    </div>
  );
}
