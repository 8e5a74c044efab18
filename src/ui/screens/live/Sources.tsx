/** @file What live looks at: camera (permission is asked here, on the click), sample clip, photo, video file, digit pad. */
import { CAMERA } from '../../../playground/live-sources.ts';
import { show } from '../../../playground/journey.ts';
import { FileButton } from '../../components/FileButton.tsx';
import { usePlayground, usePlaygroundState, useRunningTask } from '../../playground-context.ts';
import css from './Sources.module.css';

export function Sources() {
  const playground = usePlayground();
  const kind = usePlaygroundState(({ live }) => (live.status === 'off' ? null : live.source));
  const isStarting = usePlaygroundState(({ live }) => live.status === 'starting');
  const hasModel = usePlaygroundState((state) => state.model !== null);
  const disabled = useRunningTask() !== null || isStarting || !hasModel;
  return (
    <div className={css['sources']} role="group" aria-label="Source">
      <button
        disabled={disabled}
        aria-pressed={kind === 'camera'}
        onClick={() => void show(playground, CAMERA)}
      >
        Camera
      </button>
      <button
        disabled={disabled}
        aria-pressed={kind === 'clip'}
        onClick={() => void show(playground, { kind: 'clip' })}
      >
        Sample clip
      </button>
      <FileButton
        accept="image/*"
        disabled={disabled}
        pressed={kind === 'image'}
        onFile={(file) => void show(playground, { kind: 'image', file })}
      >
        Photo
      </FileButton>
      <FileButton
        accept="video/*"
        disabled={disabled}
        pressed={kind === 'video'}
        onFile={(file) => void show(playground, { kind: 'video', file })}
      >
        Video
      </FileButton>
      <button
        disabled={disabled}
        aria-pressed={kind === 'pad'}
        onClick={() => void show(playground, { kind: 'pad' })}
      >
        Digit pad
      </button>
    </div>
  );
}
