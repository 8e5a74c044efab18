/** @file Compare: how does this device differ from that one? Profiles come from files and stay in the page. */
import { useMemo, useState } from 'react';
import type { DeviceProfile } from '../../../core/profile/profile.ts';
import { RooflineChart } from '../../charts/RooflineChart.tsx';
import { roofSeries } from '../../charts/roof-series.ts';
import { DropZone } from '../../components/DropZone.tsx';
import { Empty } from '../../components/Empty.tsx';
import { FileButton } from '../../components/FileButton.tsx';
import { Finding } from '../../components/Finding.tsx';
import { MeasureThisDevice } from '../../components/MeasureThisDevice.tsx';
import { Screen } from '../../components/Screen.tsx';
import { Section } from '../../components/Section.tsx';
import { downloadProfile } from '../../download-profile.ts';
import { usePlayground, usePlaygroundState } from '../../playground-context.ts';
import css from './CompareScreen.module.css';
import { compareFinding } from './compare-finding.ts';
import { RatioTable } from './RatioTable.tsx';

export function CompareScreen() {
  const playground = usePlayground();
  const profile = usePlaygroundState((state) => state.profile);
  const imported = usePlaygroundState((state) => state.imported);
  const [removed, setRemoved] = useState<DeviceProfile | null>(null);
  const open = async (file: File): Promise<void> => {
    playground.importProfile(await file.text());
  };
  const importButton = (
    <FileButton accept=".json,application/json" onFile={(file) => void open(file)}>
      Import a profile
    </FileButton>
  );
  const devices = useMemo(() => [...(profile ? [profile] : []), ...imported], [profile, imported]);
  const [base, ...others] = devices;
  return (
    <DropZone label="Drop a profile" onFile={(file) => void open(file)}>
      {base ? (
        <Screen
          finding={
            <Finding lede="A profile is a JSON file: save this device’s, open another’s. Nothing is sent anywhere.">
              {compareFinding(base, others[0] ?? null, base === profile ? 'this device' : base.name)}
            </Finding>
          }
          actions={
            <div className={css['actions']}>
              {importButton}
              {profile && <button onClick={() => downloadProfile(profile)}>Export this profile</button>}
            </div>
          }
        >
          {removed && (
            <p className={css['undo']} role="status">
              {removed.name} was taken off.{' '}
              <button
                onClick={() => {
                  playground.importProfile(JSON.stringify(removed));
                  setRemoved(null);
                }}
              >
                Undo
              </button>
            </p>
          )}
          <div className={css['columns']}>
            <Overlay devices={devices} own={profile} />
            <Section title="Devices">
              <ul className={css['devices']}>
                {devices.map((device, i) => (
                  <li key={`${device.name} ${device.date}`}>
                    <div>
                      <strong>{device === profile ? 'This device' : device.name}</strong>
                      <small>{describe(device)}</small>
                    </div>
                    {device !== profile && (
                      <button
                        aria-label={`Take ${device.name} off`}
                        onClick={() => {
                          setRemoved(device);
                          playground.removeProfile(i - (profile ? 1 : 0));
                        }}
                      >
                        Take off
                      </button>
                    )}
                  </li>
                ))}
              </ul>
            </Section>
          </div>
          {others.map((other) => (
            <Section
              key={`${other.name} ${other.date}`}
              title={`${other.name} against ${base === profile ? 'this device' : base.name}`}
            >
              <RatioTable base={base} baseName={base === profile ? 'this' : base.name} other={other} />
            </Section>
          ))}
        </Screen>
      ) : (
        <Empty
          title="How does this device differ from that one?"
          lede="Measure this one, or open a profile that another device has exported: both go onto one Roofline."
        >
          <MeasureThisDevice />
          {importButton}
        </Empty>
      )}
    </DropZone>
  );
}

interface OverlayProps {
  readonly devices: readonly DeviceProfile[];
  readonly own: DeviceProfile | null;
}

function Overlay({ devices, own }: OverlayProps) {
  const drawn = useMemo(() => {
    const prefix = (device: DeviceProfile): string =>
      devices.length > 1 ? `${device === own ? 'This' : shortened(device.name)} ` : '';
    return { roofs: devices.flatMap((device, i) => roofSeries(device, i, prefix(device))), points: [] };
  }, [devices, own]);
  return (
    <RooflineChart
      title={devices.length === 1 ? 'Roofline of one device' : `Rooflines of ${devices.length} devices`}
      drawn={drawn}
    />
  );
}

/** Short enough to be written on a line of the chart. */
const shortened = (name: string): string => (name.length > 18 ? `${name.slice(0, 17)}…` : name);

function describe({ environment, date }: DeviceProfile): string {
  const { browser, adapter, cores } = environment;
  const gpu = adapter
    ? `${[adapter.vendor, adapter.architecture].filter(Boolean).join(' ') || 'GPU'}${adapter.isFallbackAdapter ? ' (software)' : ''}`
    : 'no WebGPU';
  return `${browser}, ${gpu}, ${cores} cores, ${new Date(date).toLocaleDateString()}`;
}
