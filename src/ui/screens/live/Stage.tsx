/** @file The stage: the source's own picture, edge to edge on a phone, with labels and controls floating on it. */
import { useEffect, useRef } from 'react';
import { clearPad } from '../../../platform/canvas-source.ts';
import type { CameraDevice } from '../../../platform/video-source.ts';
import type { FrameSource } from '../../../platform/frame-source.ts';
import { show } from '../../../playground/journey.ts';
import { usePlayground, usePlaygroundState, useRunningTask } from '../../playground-context.ts';
import css from './Stage.module.css';
import { TopLabels } from './TopLabels.tsx';

export function Stage() {
  const playground = usePlayground();
  // The whole slice: it is new with every change, so the source that goes with it is never a stale one.
  const live = usePlaygroundState((state) => state.live);
  const source = live.status === 'off' ? null : playground.live.source;
  return (
    <div className={css['stage']} data-kind={source?.kind ?? 'none'}>
      {source ? <SourceElement source={source} /> : <Nothing isStarting={live.status === 'starting'} />}
      {source?.kind === 'pad' && <p className={css['hint']}>Draw one digit, 0 to 9.</p>}
      {source && <StageControls source={source} />}
      {live.status === 'on' && <TopLabels top={live.top} />}
    </div>
  );
}

function SourceElement({ source }: { readonly source: FrameSource }) {
  const holder = useRef<HTMLDivElement>(null);
  useEffect(() => {
    holder.current?.replaceChildren(source.element);
  }, [source]);
  // The pad names itself, since it is drawn on.
  const name = source.kind === 'pad' ? {} : { role: 'img', 'aria-label': source.label };
  return <div ref={holder} className={css['source']} {...name} />;
}

function Nothing({ isStarting }: { readonly isStarting: boolean }) {
  const task = useRunningTask();
  return (
    <div className={css['nothing']} role="status">
      <p>
        {task ? `${task.step} …` : isStarting ? 'Starting …' : 'Nothing is running. Choose what to look at.'}
      </p>
    </div>
  );
}

function StageControls({ source }: { readonly source: FrameSource }) {
  const playground = usePlayground();
  const cameras = usePlaygroundState((state) => state.live.cameras);
  const label = usePlaygroundState((state) => state.live.sourceLabel);
  return (
    <div className={css['controls']}>
      {source.kind === 'camera' && <CameraChoice cameras={cameras} current={label} />}
      {source.element instanceof HTMLCanvasElement && source.kind === 'pad' && (
        <button onClick={() => source.element instanceof HTMLCanvasElement && clearPad(source.element)}>
          Clear
        </button>
      )}
      <button onClick={() => void playground.live.stop()}>Stop</button>
    </div>
  );
}

/** Two cameras flip, more are chosen from a list, one needs nothing. */
function CameraChoice({
  cameras,
  current,
}: {
  readonly cameras: readonly CameraDevice[];
  readonly current: string;
}) {
  const playground = usePlayground();
  const use = (deviceId: string) => void show(playground, { kind: 'camera', deviceId });
  const chosen = cameras.find((camera) => camera.label === current);
  const other = cameras.find((camera) => camera !== chosen);
  if (!other) return null;
  if (cameras.length === 2) {
    return (
      <button onClick={() => use(other.id)} title={`To ${other.label}`}>
        Flip
      </button>
    );
  }
  return (
    <select aria-label="Camera device" value={chosen?.id ?? ''} onChange={({ target }) => use(target.value)}>
      {cameras.map(({ id, label }) => (
        <option key={id} value={id}>
          {label}
        </option>
      ))}
    </select>
  );
}
